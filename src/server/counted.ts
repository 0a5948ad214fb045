import { Failure } from "../core/base/failure.ts";

/** How long a body may take to come: one that is small, and one that is or holds a file. Milliseconds. */
const patience = { small: 30_000, large: 600_000 };
const small = 16 * 2 ** 20;

/** The same request, when its body is no larger than `limit` bytes. Throws `too_large`, `timeout`, `invalid`. */
export async function counted(request: Request, limit: number): Promise<Request> {
  needSmall(request, limit);
  if (!request.headers.has("transfer-encoding") || request.body === null) return request;
  const bytes = await wholeBody(request, limit);
  const headers = new Headers(request.headers);
  headers.delete("transfer-encoding");
  return new Request(request.url, { method: request.method, headers, body: bytes, signal: request.signal });
}

interface Reading {
  /** What to do instead, at the end of the sentence that it is too large. */
  hint?: string;
  /** How long it may take, milliseconds. */
  ms?: number;
  /** Hears of bytes before they are taken in; may throw. */
  taken?: (bytes: number) => void;
  /** Looks at each part as it comes; may throw. */
  seen?: (part: Uint8Array) => void;
}

/**
 * The bytes of a body that is no larger than `limit`. One that says its length is judged by that before anything is
 * read; one that comes in pieces says none and is counted as it comes. Throws `too_large`, `timeout`, `invalid`.
 */
export async function wholeBody(
  request: Request,
  limit: number,
  reading: Reading = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return joined(await Array.fromAsync(partsOfBody(request, limit, reading)));
}

/** The same, as it comes. */
export async function* partsOfBody(
  request: Request,
  limit: number,
  { hint = "", ms = limit > small ? patience.large : patience.small, taken = () => {}, seen }: Reading = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  needSmall(request, limit, hint);
  const reader = request.body?.getReader();
  if (!reader) return;
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  const timer = setTimeout(() => late.reject(tooSlow(ms)), ms);
  const length = Number(request.headers.get("content-length") ?? 0);
  let size = 0;
  let isWhole = false;
  try {
    if (length > 0) taken(length);
    while (!isWhole) {
      const { done, value } = await Promise.race([reader.read().catch(broken), late.promise]);
      isWhole = done;
      if (value === undefined) continue;
      size += value.length;
      if (size > limit) throw tooLarge(limit, hint);
      if (length === 0) taken(value.length);
      seen?.(value);
      yield value;
    }
  } finally {
    clearTimeout(timer);
    if (!isWhole) reader.cancel().catch(() => {});
  }
}

/** The same request, when it does not say that it is larger than `limit` bytes. Throws `too_large`. */
export function needSmall(request: Request, limit: number, hint = ""): Request {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit, hint);
  return request;
}

export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes. */
export const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((size, part) => size + part.length, 0);

const broken = (cause: unknown): never => {
  throw new Failure("invalid", "The body did not come whole.", { cause });
};
const tooSlow = (ms: number) =>
  new Failure("timeout", `The body did not come within ${Math.round(ms / 1000)} seconds.`);

const tooLarge = (limit: number, hint: string) =>
  new Failure("too_large", `The body is larger than ${shown(limit)}${hint}.`);
const shown = (bytes: number) => (bytes < 2 ** 20 ? `${bytes / 1024} KB` : `${Math.round(bytes / 2 ** 20)} MB`);
