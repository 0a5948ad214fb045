import { Boom } from "@hapi/boom";
import { Failure } from "../../core/base/failure.ts";
import { serverAnswer } from "../../core/policy/server-answers.ts";

/** What WhatsApp's numbers mean when it refuses a request. */
const reasons: Readonly<Record<number, string>> = {
  400: "it finds the request wrong",
  401: "it does not show this to us",
  403: "this account may not do that here",
  404: "there is no such thing",
  406: "it does not accept this value",
  408: "the person left recently",
  409: "it is so already",
  410: "the link was revoked",
  419: "it is full",
  429: "too many requests; wait before the next",
  500: "its server failed",
};

export const reasonOf = (code: number): string => reasons[code] ?? `error ${code}`;

/** Runs a request to WhatsApp; what it says no to becomes `refused` with its reason, silence `timeout`. */
export async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failureOf(error);
  }
}

function failureOf(cause: unknown): Failure {
  if (!(cause instanceof Boom))
    return new Failure("unavailable", "The request to WhatsApp failed; try again.", { cause });
  const data: unknown = cause.data;
  const code = typeof data === "number" ? data : cause.output.statusCode;
  if (code === 408) return new Failure("timeout", "WhatsApp did not answer in time.", { cause });
  if (code === 428) return new Failure("unavailable", "The connection to WhatsApp closed; try again.", { cause });
  return refusalFrom(code, cause);
}

/** What WhatsApp's number means to the caller. */
export function refusalFrom(code: number, cause?: unknown): Failure {
  if (code === 404 || code === 401) return new Failure("not_found", `WhatsApp refused: ${reasonOf(code)}.`, { cause });
  if (code === 429)
    return new Failure("rate_limited", "WhatsApp asks for fewer requests; wait a minute.", { cause, retryAfter: 60 });
  if (code >= 500 && serverAnswer(String(code)).class === "passing")
    return new Failure("unavailable", `WhatsApp could not answer: ${reasonOf(code)}.`, { cause, retryAfter: 10 });
  return new Failure("refused", `WhatsApp refused: ${reasonOf(code)}.`, { cause });
}
