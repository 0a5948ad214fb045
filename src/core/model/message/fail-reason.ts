import type { Failure } from "../../base/failure.ts";

/** Why a message failed, when it is not WhatsApp's number. A closed list. */
export const ownFailReasons = {
  expired: "It could not leave within its `max_wait`, or within a day where it had to wait.",
  not_on_whatsapp: "WhatsApp knows no account by this number.",
  same_person: "Another message of its bulk is for the same person, by another name or another form of the number.",
  account_changed: "The device was linked to another account before it could leave.",
  gone: "What it speaks of, or its file, is not there any more.",
  invalid: "What it holds cannot be sent.",
  not_found: "What it speaks of is not known here.",
  too_large: "Its file is too large.",
  refused: "WhatsApp refused what it needs.",
  internal: "A fault of this server; the log has the details.",
} as const;
export type OwnFailReason = keyof typeof ownFailReasons;

/** `code` of `message.failed`: WhatsApp's number of a final answer, or a word of ours. */
export type FailReason = OwnFailReason | `${number}`;

/** The reason that a failure of ours comes to. */
export function failReasonOf({ code, reason = code }: Pick<Failure, "code" | "reason">): OwnFailReason {
  return Object.hasOwn(ownFailReasons, reason) ? (reason as OwnFailReason) : "internal";
}
