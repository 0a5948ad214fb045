/** As `fetch` is, for those who bring their own. */
export type Fetch = (request: Request) => Promise<Response>;

export interface RetryOptions {
  /** How often a call is tried again; 4 when left out. */
  readonly retries?: number;
  /** The longest wait between two attempts, milliseconds; 30 seconds when left out. */
  readonly longestWait?: number;
}

/** Answers that say "later": too many requests, not possible just now, a gateway that found nobody. */
const later = new Set([429, 502, 503, 504]);
const idempotent = new Set(["GET", "HEAD", "PUT", "DELETE"]);
/** They take an `Idempotency-Key`: a call that is repeated with the same one does nothing again. */
const keyed = /\/v1\/devices\/[^/]+\/(?:messages|bulk|bulk\/csv)$/;

/** May this call be made twice without doing something twice? */
const isRepeatable = (request: Request): boolean =>
  idempotent.has(request.method) || request.headers.has("idempotency-key");

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal.addEventListener("abort", end, { once: true });
  });

/** What the server asks us to wait, or else twice as long each time, with some chance in it. */
function waitOf(response: Response | null, attempt: number, longest: number): number {
  const asked = Number(response?.headers.get("retry-after") ?? Number.NaN) * 1_000;
  return Math.min(longest, Number.isFinite(asked) ? asked : 250 * 2 ** attempt * (0.5 + Math.random()));
}

/**
 * Tries a call again when the line broke or the server said "later". Only calls that may be repeated are: sending is,
 * since each gets an `Idempotency-Key` of its own unless the caller gave one.
 */
export function withRetries(send: Fetch, { retries = 4, longestWait = 30_000 }: RetryOptions): Fetch {
  return async (request) => {
    if (
      request.method === "POST" &&
      keyed.test(new URL(request.url).pathname) &&
      !request.headers.has("idempotency-key")
    )
      request.headers.set("idempotency-key", crypto.randomUUID());
    const most = isRepeatable(request) ? retries : 0;
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= most;
      // A body can be read once: each attempt has its own copy.
      const response = await send(last ? request : request.clone()).catch((error: unknown) => {
        if (last || request.signal.aborted) throw error;
        return null;
      });
      if (response !== null && (last || !later.has(response.status))) return response;
      await response?.body?.cancel();
      await sleep(waitOf(response, attempt, longestWait), request.signal);
    }
  };
}
