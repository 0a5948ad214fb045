/** Stands for a host that nobody can parse; no page's origin equals it, and it is no loopback. */
const unnamed = "http://unnamed.invalid";
/** Elysia 1.4 looks for the path of a request from this place on: a shorter host would hide it. */
const elysiaStart = 11;
const longHost = "http://short-host.invalid";

/** A request whose address can be parsed, whatever its Host header says. Bun passes on what it cannot put together. */
export function parsable(request: Request): Request {
  if (URL.canParse(request.url)) return request;
  return moved(request, unnamed);
}

/** The same request where Elysia finds its path. */
export function routable(request: Request): Request {
  const { url } = request;
  const path = url.indexOf("/", url.indexOf("://") + 3);
  return path >= 0 && path < elysiaStart ? moved(request, longHost) : request;
}

function moved(request: Request, origin: string): Request {
  const { url } = request;
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  return new Request(`${origin}${start < 0 ? "/" : url.slice(start)}`, request);
}
