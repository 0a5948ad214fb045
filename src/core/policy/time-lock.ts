import { minute } from "../base/durations.ts";
import type { AccountLimits } from "../model/account-limits.ts";

/** Baileys gives up a question after a minute. */
const askMs = 90_000;
const longestAskMs = 6 * 60 * minute;

/** After the end of a lock, so that not everything leaves in the same second. */
const graceMs = 5 * minute;
const jitterMs = 25 * minute;

/** A question is under way. Each that stayed without an answer makes the next pause twice as long. */
export function awaitingAnswer(limits: AccountLimits, now: number, unanswered: number): AccountLimits {
  return { ...limits, askingUntil: now + Math.min(askMs * 2 ** unanswered, longestAskMs) };
}

/** WhatsApp said that the account is locked until `end`, or not locked (null). `dice` in [0, 1). */
export function afterTimeLock(limits: AccountLimits, end: number | null, now: number, dice: number): AccountLimits {
  if (end === null) return { ...limits, lockedUntil: null, askingUntil: null };
  const earliest = Math.max(end, now) + graceMs;
  const { lockedUntil } = limits;
  // Said again, it is the same lock: the dice are thrown once.
  const known = lockedUntil !== null && lockedUntil >= earliest && lockedUntil <= earliest + jitterMs;
  return { ...limits, lockedUntil: known ? lockedUntil : earliest + Math.round(jitterMs * dice), askingUntil: null };
}

/** The lock ran out by our clock. Whether it is over WhatsApp should say before anything leaves. */
export function lockRanOut({ lockedUntil }: AccountLimits, now: number): boolean {
  return lockedUntil !== null && lockedUntil <= now;
}
