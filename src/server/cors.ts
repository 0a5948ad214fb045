import { Failure } from "../core/failure.ts";
import { isLoopback } from "../core/loopback.ts";

const allowed = {
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
  "access-control-allow-headers":
    "x-api-key, authorization, content-type, accept, idempotency-key, last-event-id, x-request-id",
  "access-control-expose-headers": "retry-after, x-request-id",
  "access-control-max-age": "600",
};

/** Which other origins' pages may call: `CORS_ORIGIN`. */
export class Cors {
  constructor(private readonly origins: readonly string[]) {}

  /**
   * Throws `forbidden` for a request that a foreign page sent, when only the page's origin could have kept it out:
   * a WebSocket is not bound by CORS, and with AUTH=off nobody is asked for a key.
   */
  admit(request: Request, auth: "on" | "off"): void {
    const url = new URL(request.url);
    const origin = request.headers.get("origin");
    // By host alone: a proxy in front of us may speak https where we speak http.
    const ours = origin !== null && URL.parse(origin)?.host === url.host;
    // Somebody else's name that leads to this machine (DNS rebinding) would make a foreign page ours.
    if (auth === "off" && !isLoopback(url.hostname)) throw notWelcome();
    if (origin !== null && !ours && !this.#lists(origin)) throw notWelcome();
  }

  headers(origin: string | null): Record<string, string> {
    if (origin === null || !this.#lists(origin)) return { vary: "origin" };
    return { ...allowed, "access-control-allow-origin": origin, vary: "origin" };
  }

  #lists(origin: string): boolean {
    return this.origins.includes("*") || this.origins.includes(origin);
  }
}

const notWelcome = () =>
  new Failure("forbidden", "This page may not call: put its origin into CORS_ORIGIN, or open it from this server.");
