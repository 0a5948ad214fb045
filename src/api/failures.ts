import { Failure, type FailureCode } from "../core/base/failure.ts";
import { nearest } from "../core/base/nearest.ts";

/** What HTTP calls each failure, on every face that does not say otherwise. */
export const statuses: Record<FailureCode, number> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  already_connected: 409,
  not_linked: 409,
  idempotency_conflict: 409,
  limit_reached: 409,
  passkey_required: 409,
  gone: 410,
  too_large: 413,
  refused: 422,
  queue_full: 429,
  rate_limited: 429,
  over_budget: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

/** A failure as one face's clients see it. */
export interface Wording {
  status: number;
  body: Record<string, unknown>;
}

/** The wording of faces that leave it open. */
export function plainly(failure: Failure): Wording {
  return {
    status: statuses[failure.code],
    body: {
      success: false,
      error: failure.message,
      code: failure.code,
      ...(failure.rows === undefined ? {} : { rows: failure.rows }),
      ...(failure.budget === undefined ? {} : { budget: failure.budget }),
    },
  };
}

interface Mistake {
  path: string;
  value?: unknown;
  schema?: Told & { anyOf?: Told[] };
}
interface Told {
  description?: string;
  type?: string;
  const?: unknown;
}

/** Elysia's complaint about a request as a failure that names the field and what it takes. */
export function invalidRequest(mistakes: readonly Mistake[]): Failure {
  const [mistake] = mistakes;
  const field = mistake?.path.replace(/^\//, "").replaceAll("/", ".") ?? "";
  if (mistake === undefined || field === "") return new Failure("invalid", "The body must be a JSON object.");
  // Where a form is taken too Elysia wraps what is no text, and leaves the description inside.
  const wrapped = mistake.schema?.anyOf?.find((each) => each.description !== undefined);
  const {
    description,
    const: only,
    type,
  } = mistake.schema?.description === undefined ? (wrapped ?? mistake.schema ?? {}) : mistake.schema;
  const takes =
    description ?? listed(mistake) ?? (only === undefined ? type : JSON.stringify(only)) ?? "something else";
  const end = takes.endsWith("?") ? "" : ".";
  const sentence =
    mistake.value === undefined ? `"${field}" is missing: it takes ${takes}.` : `"${field}" takes ${takes}${end}`;
  return new Failure("invalid", sentence, { field });
}

/** The closed list that a value is not of, and which of it was meant. */
function listed({ value, schema }: Mistake): string | null {
  const words = schema?.anyOf?.map((each) => each.const) ?? [];
  if (words.length === 0 || !words.every((word) => typeof word === "string")) return null;
  const meant = typeof value === "string" && value.length < 100 ? nearest(value, words) : null;
  return `one of ${words.join(", ")}${meant === null ? "" : `; did you mean "${meant}"?`}`;
}
