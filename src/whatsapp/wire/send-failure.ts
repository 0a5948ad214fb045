import { Boom } from "@hapi/boom";
import { DisconnectReason } from "@whiskeysockets/baileys";
import { Failure } from "../../core/base/failure.ts";
import { serverAnswer } from "../../core/policy/server-answers.ts";

const closed: number = DisconnectReason.connectionClosed;
const timedOut: number = DisconnectReason.timedOut;

/** An error of Baileys as one of ours; what is not the server's stays as it is. */
export function sendFailure(error: unknown): unknown {
  if (!(error instanceof Boom)) return error;
  const { statusCode } = error.output;
  if (statusCode === closed) return new Failure("unavailable", "The connection to WhatsApp closed.", { cause: error });
  if (statusCode === timedOut) return new Failure("timeout", "WhatsApp did not answer in time.", { cause: error });
  // Baileys keeps the code of a refused question beside its own.
  return typeof error.data === "number" ? refusedQuestion(String(error.data), error) : error;
}

/** The failure that a refused question comes to. */
export function refusedQuestion(code: string, cause?: unknown): Failure {
  const { class: kind, pausesDevice, words } = serverAnswer(code);
  if (pausesDevice) return new Failure("rate_limited", words, { cause });
  return new Failure(kind === "passing" ? "unavailable" : "refused", words, { cause });
}
