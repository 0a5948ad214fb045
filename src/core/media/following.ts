import { Failure } from "../base/failure.ts";
import type { OutgoingRequest, SafeFetch } from "../base/safe-fetch.ts";

/** Shops and clouds send one on two or three times; more is a circle. */
const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Followed {
  response: Response;
  /** Where the answer came from in the end. */
  url: string;
}

/**
 * GETs an address and follows where it sends one on, each time through the guard: an address on the inside stays closed
 * whoever names it. Throws what `SafeFetch` throws, and `invalid` after five redirects.
 */
export async function following(
  url: string,
  request: Omit<OutgoingRequest, "method" | "body">,
  fetch: SafeFetch,
): Promise<Followed> {
  let at = url;
  for (let count = 0; count <= mostRedirects; count++) {
    const response = await fetch.send(at, { ...request, method: "GET" });
    const location = redirects.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return { response, url: at };
    await response.body?.cancel();
    const next = URL.parse(location, at);
    if (!next) throw new Failure("invalid", "it redirects to what is no address.");
    at = next.href;
  }
  throw new Failure("invalid", `it redirects more than ${mostRedirects} times.`);
}
