/** Stands for a host that nobody can parse; no page's origin equals it, and it is no loopback. */
const unnamed = "http://unnamed.invalid";
/** Elysia 1.4 looks for the path of a request from this place on: a shorter host would hide it. */
const elysiaStart = 11;
const longHost = "http://short-host.invalid";

/**
 * A request whose address can be parsed, whatever its Host header says: Bun passes on what it cannot put together. It is the
 * same object, so that it can still be upgraded and knows its sender.
 */
export function parsable<R extends Request>(request: R): R {
  if (URL.canParse(request.url)) return request;
  return Object.defineProperty(request, "url", { value: addressed(request.url, unnamed), configurable: true });
}

/** The same request where Elysia finds its path. */
export function routable(request: Request): Request {
  const { url } = request;
  const path = url.indexOf("/", url.indexOf("://") + 3);
  return path >= 0 && path < elysiaStart ? new Request(addressed(url, longHost), request) : request;
}

/** The address of the same path at another host. */
function addressed(url: string, origin: string): string {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  return `${origin}${start < 0 ? "/" : url.slice(start)}`;
}
