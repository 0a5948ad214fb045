import { day } from "../../core/base/durations.ts";
import type { NewChatMessageCapInfo, ReachoutTimelockState } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../core/ports/connector.ts";

/** WA Web takes a lock without an end for one of a minute. */
const unsaidLockMs = 60_000;
/** A cap should name the end of its cycle; one that does not is looked at again tomorrow. */
const unsaidCycleMs = day;

/** Whether the account is locked is what `isActive` says: Baileys maps types that it does not know to "no restriction". */
export function timeLock({ isActive, timeEnforcementEnds }: ReachoutTimelockState, now: number): SignalOf<"time_lock"> {
  return { type: "time_lock", until: isActive ? (timeEnforcementEnds?.getTime() ?? now + unsaidLockMs) : null };
}

/** Warnings before the cap restrict nothing. */
export function chatCap(cap: NewChatMessageCapInfo, now: number): SignalOf<"chat_cap"> {
  const end = Number(cap.cycle_end_timestamp) * 1000 || now + unsaidCycleMs;
  return { type: "chat_cap", until: String(cap.capping_status) === "CAPPED" ? end : null };
}
