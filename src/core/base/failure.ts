/** Why something was refused or went wrong. A closed list: faces map each code to a status, once. */
export const failureCodes = [
  "invalid", // the request names something that cannot be: says which field and the fix
  "unauthorized", // no key, or one nobody knows
  "forbidden", // a known key that lacks the scope
  "not_found", // absent, or somebody else's: the two look the same
  "conflict", // the present state forbids it
  "already_connected", // asked for a QR or code while linked
  "not_linked", // the device has no WhatsApp account yet
  "idempotency_conflict", // the same key came with another body
  "limit_reached", // as many as the tenant may have
  "queue_full", // too much is waiting already; retry later
  "rate_limited", // too many wrong keys or calls
  "over_budget", // as much as the tenant may have of something; `budget` names it
  "too_large", // body, media or text above its cap
  "gone", // existed, was pruned
  "refused", // WhatsApp said no
  "passkey_required", // WhatsApp wants a passkey before it links this account
  "timeout", // no answer in time
  "unavailable", // cannot be done just now; nothing was lost
  "internal", // our fault
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** What was wrong with one row of many. */
export interface RowRefusal {
  /** Names the row: `to.3`, `messages.3.text`. */
  field: string;
  error: string;
  code: FailureCode;
}

export interface FailureDetails {
  /** The request field at fault, dotted: `content.text`. */
  field?: string;
  /** Which budget is used up. */
  budget?: string;
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
  /** Of a call for many: everything that was wrong with it, in order, as far as it is told. */
  rows?: readonly RowRefusal[];
  /** A word of another closed list, where the code alone says too little. */
  reason?: string;
  /** What a log may know and the wire may not. */
  cause?: unknown;
}

/**
 * The one error class. `message` is a sentence fit for the wire: it says what was wrong and what to do;
 * everything else about the cause stays in `cause`.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;
  readonly budget: string | undefined;
  readonly rows: readonly RowRefusal[] | undefined;
  readonly reason: string | undefined;

  constructor(
    readonly code: FailureCode,
    message: string,
    details: FailureDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.field = details.field;
    this.retryAfter = details.retryAfter;
    this.budget = details.budget;
    this.rows = details.rows;
    this.reason = details.reason;
  }
}

/** Any thrown value as a Failure; what is not one of ours becomes `internal` without its text. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure("internal", "Something went wrong on our side; the log has the details.", { cause: thrown });
}

/** Rethrows a refusal as one that says which field of the request it is about. */
export const rethrowAtField =
  (field: string) =>
  (thrown: unknown): never => {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, message, field: named = "", cause, retryAfter } = thrown;
    const begins = named !== "" && message.startsWith(`${named} `);
    const whole = begins ? `"${field}"${message.slice(named.length)}` : message;
    const sentence = whole.includes(`"${field}"`) ? whole : `"${field}": ${whole}`;
    throw new Failure(code, sentence, { field, cause, ...(retryAfter === undefined ? {} : { retryAfter }) });
  };

/** Throws when what the code around relies on is not so: a bug of ours, never somebody's input. */
export function assert(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new Error(`broken invariant: ${invariant}`);
}

/** Makes the compiler prove that a closed list was handled whole. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
