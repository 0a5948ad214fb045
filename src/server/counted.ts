import { Failure } from "../core/base/failure.ts";

/**
 * The same request, when its body is no larger than `limit` bytes. One that says its length is judged by that and not
 * read; one that comes in pieces (`transfer-encoding`) says none and is counted as it comes. Throws `too_large`.
 */
export async function counted(request: Request, limit: number): Promise<Request> {
  needSmall(request, limit);
  if (!request.headers.has("transfer-encoding") || request.body === null) return request;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.length;
    if (size > limit) throw tooLarge(limit);
    parts.push(part);
  }
  const headers = new Headers(request.headers);
  headers.delete("transfer-encoding");
  return new Request(request.url, { method: request.method, headers, body: new Blob(parts), signal: request.signal });
}

/** The same request, when it does not say that it is larger than `limit` bytes. Throws `too_large`. */
export function needSmall(request: Request, limit: number): Request {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  return request;
}

const tooLarge = (limit: number) =>
  new Failure("too_large", `The body is larger than ${Math.round(limit / 2 ** 20)} MB.`);
