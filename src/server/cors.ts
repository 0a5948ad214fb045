import { Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import { isLoopback } from "../core/base/loopback.ts";

const allowed = {
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
  "access-control-allow-headers":
    "x-api-key, authorization, x-tenant, content-type, content-disposition, accept, idempotency-key, last-event-id, " +
    "if-none-match, range, x-request-id, traceparent, tracestate",
  "access-control-expose-headers": "retry-after, x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset",
  "access-control-max-age": "600",
};

/** So many refused origins are named in the log at most, each cut to this length: anybody may send any. */
const mostRefused = 100;
const longestOrigin = 200;

/** Which other origins' pages may call: `CORS_ORIGIN`. */
export class Cors {
  /** Origins that the log has named: a page that polls would fill it. */
  readonly #refused = new Set<string>();

  #origins: readonly string[];
  readonly #log: Pick<Log, "warn">;

  constructor(origins: readonly string[], log: Pick<Log, "warn">) {
    this.#origins = origins;
    this.#log = log;
  }

  /** From now on pages of these may call. */
  allow(origins: readonly string[]): void {
    this.#origins = origins;
    this.#refused.clear();
  }

  /**
   * Throws `forbidden` for a request that a foreign page sent, when only the page's origin could have kept it out:
   * a WebSocket is not bound by CORS, and with AUTH=off nobody is asked for a key.
   */
  admit(request: Request, auth: "on" | "off"): void {
    const url = new URL(request.url);
    const origin = request.headers.get("origin");
    // Somebody else's name that leads to this machine (DNS rebinding) would make a foreign page ours.
    if (auth === "off" && !isLoopback(url.hostname)) throw notWelcome();
    if (origin !== null && !isOurs(origin, url) && !this.#lists(origin)) throw notWelcome();
  }

  /** What the answer to a request says of its origin. The log names one that is refused, once. */
  headers(request: Request): Record<string, string> {
    const origin = request.headers.get("origin");
    if (origin !== null && this.#lists(origin))
      return { ...allowed, "access-control-allow-origin": origin, vary: "origin" };
    if (origin !== null && !isOurs(origin, new URL(request.url))) this.#refuse(origin);
    return { vary: "origin" };
  }

  #refuse(origin: string): void {
    if (this.#refused.has(origin) || this.#refused.size >= mostRefused) return;
    this.#refused.add(origin);
    this.#log.warn(
      { origin: origin.slice(0, longestOrigin), setting: "CORS_ORIGIN" },
      "a web page of another origin was refused: put its origin into CORS_ORIGIN if it may call this server",
    );
  }

  #lists(origin: string): boolean {
    return this.#origins.includes("*") || this.#origins.includes(origin);
  }
}

/** By host alone: a proxy in front of us may speak https where we speak http. */
const isOurs = (origin: string, url: URL) => URL.parse(origin)?.host === url.host;

const notWelcome = () =>
  new Failure("forbidden", "This page may not call: put its origin into CORS_ORIGIN, or open it from this server.");
