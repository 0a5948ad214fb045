import type { WayOut } from "./way-out.ts";

/**
 * The way out to the internet. Unless the address is the operator's own word, it reaches public addresses only:
 * names are resolved once, every address is checked, and the connection goes to a checked one. Redirects are never
 * followed. Throws `Failure`: `invalid` for what is no http(s) address, `forbidden` for an address that is kept
 * closed (the sentence has the setting that opens it), `timeout`, `unavailable` when nobody answers.
 */
export interface SafeFetch {
  send(url: string, request: OutgoingRequest): Promise<Response>;
  /** Throws what `send` would throw of the address itself: `invalid` or `forbidden`. Asks nobody but the resolver. */
  check(url: string): Promise<void>;
}

export interface OutgoingRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Milliseconds until the headers of the answer; the body is the reader's own affair. */
  timeout: number;
  signal?: AbortSignal;
  /** The operator put this address into the environment himself. */
  operatorsWord?: boolean;
  /** The way of the device that causes it. Through a proxy no name is looked up here: the proxy does that. */
  way?: WayOut;
}

/** The same, by the way of a device. */
export const leavingBy = (fetch: SafeFetch, way: WayOut): SafeFetch => ({
  check: (url) => fetch.check(url),
  send: (url, request) => fetch.send(url, { ...request, way }),
});
