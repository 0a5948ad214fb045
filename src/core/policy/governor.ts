import { day, hour } from "../base/durations.ts";
import type { AccountLimits } from "../model/account-limits.ts";
import type { Priority, WaitReason, KnownContact, Wait } from "../model/waiting.ts";

/** They wrote so lately that an answer is expected. */
const replyMs = day;
/** WhatsApp's privacy tokens live in four buckets of seven days; a chat silent for longer is cold again. */
const warmMs = 21 * day;
/** How long nothing goes to a contact to whom WhatsApp refused a message. */
export const contactHoldMs = day;
/** How long a message without a `max_wait` may wait: a day, and an hour so that a contact's day is not its last. */
export const waitMs = day + hour;
export type SendDecision = ({ go: true } | ({ go: false } & Wait)) & { priority: Priority };
export type Judge = (contact: KnownContact, limits: AccountLimits, now: number) => SendDecision;

export function priorityOf({ isPerson, heardAt, saidAt }: KnownContact, now: number): Priority {
  if (!isPerson) return "group";
  if (heardAt !== null && now - heardAt <= replyMs) return "reply";
  const last = Math.max(heardAt ?? 0, saidAt ?? 0);
  return now - last <= warmMs ? "warm" : "cold";
}

/** May this message leave now, and if not, why and until when: the longest of all that hold it. Pure. */
export function judge(contact: KnownContact, limits: AccountLimits, now: number): SendDecision {
  const priority = priorityOf(contact, now);
  const holds: [number | null, WaitReason][] = [[contact.heldUntil, "contact_held"]];
  // That little arrives is a hint: it holds back no answer.
  if (limits.restrictedBy !== "undelivered" || priority === "cold") holds.push([limits.restrictedUntil, "restricted"]);
  if (priority === "cold") {
    holds.push([limits.lockedUntil, "time_locked"]);
    holds.push([limits.askingUntil, "asking_whatsapp"]);
    holds.push([limits.cappedUntil, "capped"]);
  }
  let longest: Wait | null = null;
  for (const [until, reason] of holds) {
    if (until !== null && until > Math.max(now, longest?.until ?? now)) longest = { until, reason };
  }
  return longest ? { go: false, priority, ...longest } : { go: true, priority };
}
