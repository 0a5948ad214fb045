import { call } from "./rpc.ts";

/** `fetch` through the host, which asks the permissions and the guard; the body streams. */
export async function hostFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  const answer = await call("fetch", { method: request.method, url: request.url, headers: [...request.headers], body });
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await call("fetch.read", answer.body);
      if (chunk === null) controller.close();
      else controller.enqueue(chunk);
    },
    async cancel() {
      await call("fetch.cancel", answer.body);
    },
  });
  const empty = [101, 204, 205, 304].includes(answer.status);
  if (empty) await call("fetch.cancel", answer.body);
  const response = new Response(empty ? null : stream, { status: answer.status, headers: answer.headers });
  Object.defineProperty(response, "url", { value: answer.url });
  return response;
}
