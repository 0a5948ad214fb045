import type { Server, ServerWebSocket, WebSocketHandler } from "bun";

interface Pair {
  readonly upstream: WebSocket;
  /** What the client says before the other side is open. */
  readonly early: (string | Buffer<ArrayBuffer>)[];
}

type Client = ServerWebSocket<Pair>;

/** Passes a WebSocket on to `target`. False when the request is none. */
export function tunnel(request: Request, server: Server<Pair>, target: string): boolean {
  const headers: Record<string, string> = {};
  for (const name of ["host", "origin", "cookie", "x-api-key", "authorization"]) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  // Bun's WebSocket takes headers; the browser's, whose types the pages need, does not.
  const upstream = new WebSocket(target.replace(/^http/, "ws"), { headers } as never);
  upstream.binaryType = "arraybuffer";
  const upgraded = server.upgrade(request, { data: { upstream, early: [] } });
  if (!upgraded) upstream.close();
  return upgraded;
}

export const tunnels: WebSocketHandler<Pair> = {
  open(client: Client) {
    const { upstream, early } = client.data;
    upstream.addEventListener("open", () => early.splice(0).forEach((said) => upstream.send(said)));
    upstream.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => void client.send(data));
    // Codes such as 1006 may not be sent; to the client the line just ends.
    upstream.addEventListener("close", () => client.close());
    upstream.addEventListener("error", () => client.close());
  },
  message({ data: { upstream, early } }: Client, said) {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(said);
    else early.push(said);
  },
  close: ({ data: { upstream } }: Client) => upstream.close(),
};
