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

  /** Whether a page of `origin` may talk to us; a request without one comes from no foreign page. */
  welcomes(origin: string | null, own: string): boolean {
    return origin === null || origin === own || this.#lists(origin);
  }

  headers(origin: string | null): Record<string, string> {
    if (origin === null || !this.#lists(origin)) return { vary: "origin" };
    return { ...allowed, "access-control-allow-origin": origin, vary: "origin" };
  }

  #lists(origin: string): boolean {
    return this.origins.includes("*") || this.origins.includes(origin);
  }
}
