import { day } from "../../base/durations.ts";
import { Failure } from "../../base/failure.ts";

/** How far ahead a message may be scheduled. */
const aheadMs = 365 * day;
/** A moment that has just passed, on its way here or by another clock, is now. */
const graceMs = 60_000;

/**
 * The moment a draft is to leave, in milliseconds since 1970; null is at once. Throws `invalid` for a moment that has
 * passed or is more than a year away.
 */
export function momentOf(sendAt: number | undefined, now: number): number | null {
  if (sendAt === undefined) return null;
  const at = sendAt * 1000;
  if (at > now && at <= now + aheadMs) return at;
  if (at <= now && at >= now - graceMs) return null;
  // Seconds that look like a moment only when they are taken for milliseconds.
  const slip = Math.abs(sendAt - now) <= aheadMs ? "; this looks like milliseconds: divide it by 1000" : "";
  throw new Failure(
    "invalid",
    `"send_at" takes Unix seconds to come, up to 365 days ahead${slip}. The clock here says ${Math.floor(now / 1000)}; leave it out to send at once.`,
    { field: "send_at" },
  );
}
