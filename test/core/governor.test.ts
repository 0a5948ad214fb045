import { expect, test } from "bun:test";
import type { KnownContact } from "../../src/core/model/waiting.ts";
import { contactHoldMs, judge, priorityOf } from "../../src/core/policy/governor.ts";
import { afterTimeLock, awaitingAnswer, lockRanOut } from "../../src/core/policy/time-lock.ts";
import { type AccountLimits, restrictionCauses, unrestricted } from "../../src/core/model/account-limits.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = 1_000 * day;

/** A small generator with a seed, so that what fails fails again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Null, or a moment at most 30 days from now, on either side, often just at an edge. */
function moment(roll: () => number): number | null {
  const edges = [0, 1, -1, day, -day, -day - 1, -21 * day, -21 * day - 1];
  if (roll() < 0.3) return null;
  if (roll() < 0.3) return now + (edges[Math.floor(roll() * edges.length)] ?? 0);
  return now + Math.round((roll() - 0.5) * 60 * day);
}

function world(roll: () => number): [KnownContact, AccountLimits] {
  const past = () => {
    const at = moment(roll);
    return at === null ? null : Math.min(at, now);
  };
  return [
    { isPerson: roll() < 0.8, heardAt: past(), saidAt: past(), heldUntil: moment(roll) },
    {
      lockedUntil: moment(roll),
      askingUntil: moment(roll),
      cappedUntil: moment(roll),
      restrictedUntil: roll() < 0.7 ? null : moment(roll),
      restrictedBy: restrictionCauses[Math.floor(roll() * 4)] ?? null,
    },
  ];
}

test("whatever is known, the verdict keeps its promises", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const roll = dice(seed);
  for (let round = 0; round < 20_000; round++) {
    const [contact, limits] = world(roll);
    const decision = judge(contact, limits, now);
    const where = JSON.stringify({ seed, round, contact, limits, verdict: decision });
    const isRestricted = limits.restrictedBy !== "undelivered" && (limits.restrictedUntil ?? 0) > now;
    // Nobody is written to while WhatsApp takes nothing from the account.
    if (isRestricted) expect(decision.go, where).toBe(false);
    const isHeld = isRestricted || (contact.heldUntil !== null && contact.heldUntil > now);
    if (decision.priority !== "cold" && !isHeld) expect(decision.go, where).toBe(true);
    if (decision.go) {
      const { restrictedBy: _, ...moments } = limits;
      const holds = [contact.heldUntil, ...(decision.priority === "cold" ? Object.values(moments) : [])];
      expect(Math.max(now, ...holds.map((until: number | null) => until ?? 0)), where).toBe(now);
      continue;
    }
    expect(decision.until, where).toBeGreaterThan(now);
    // It is judged again at that moment, and nothing holds it for longer, unless they have become a stranger meanwhile.
    const then = judge(contact, limits, decision.until);
    if (then.priority === decision.priority) expect(then.go, where).toBe(true);
    // Only those who do not know us are held by what WhatsApp says of the account.
    if (decision.reason !== "contact_held" && !isRestricted) expect(decision.priority, where).toBe("cold");
    // Who has written is answered, whatever the account may do.
    const written = judge({ ...contact, heardAt: now, heldUntil: null }, limits, now);
    expect(written.go, where).toBe(!isRestricted);
  }
});

test("lanes: a day for replies, three weeks for the warm, groups on their own", () => {
  const stranger = { isPerson: true, heardAt: null, saidAt: null, heldUntil: null };
  expect(priorityOf(stranger, now)).toBe("cold");
  expect(priorityOf({ ...stranger, heardAt: now - day }, now)).toBe("reply");
  expect(priorityOf({ ...stranger, heardAt: now - day - 1 }, now)).toBe("warm");
  expect(priorityOf({ ...stranger, saidAt: now - 21 * day }, now)).toBe("warm");
  expect(priorityOf({ ...stranger, heardAt: now - 22 * day, saidAt: now - 21 * day - 1 }, now)).toBe("cold");
  expect(priorityOf({ ...stranger, isPerson: false }, now)).toBe("group");
});

test("of several reasons the longest is told", () => {
  const contact = { isPerson: true, heardAt: null, saidAt: null, heldUntil: now + contactHoldMs };
  const limits = { ...unrestricted, lockedUntil: now + 6 * day, askingUntil: now + 1, cappedUntil: now + 2 * day };
  expect(judge(contact, limits, now)).toMatchObject({ go: false, until: now + 6 * day, reason: "time_locked" });
  expect(judge(contact, unrestricted, now)).toMatchObject({ go: false, reason: "contact_held" });
  expect(judge({ ...contact, heldUntil: null }, unrestricted, now)).toEqual({ go: true, priority: "cold" });
});

test("a lock ends 5 to 30 minutes late, the same each time it is told, and is confirmed", () => {
  const locked = afterTimeLock(unrestricted, now + day, now, 0.5);
  expect(locked.lockedUntil).toBe(now + day + 17.5 * 60_000);
  expect(afterTimeLock(locked, now + day, now + hour, 0.9)).toEqual(locked);
  expect(afterTimeLock(unrestricted, now - day, now, 0).lockedUntil).toBe(now + 5 * 60_000);
  expect(afterTimeLock(unrestricted, now, now, 0.999).lockedUntil).toBeLessThanOrEqual(now + 30 * 60_000);
  expect(afterTimeLock(locked, now + 2 * day, now, 0).lockedUntil).toBe(now + 2 * day + 5 * 60_000);
  expect(afterTimeLock(locked, null, now, 0)).toEqual(unrestricted);
  expect([lockRanOut(locked, now), lockRanOut(locked, now + 2 * day), lockRanOut(unrestricted, now)]).toEqual([
    false,
    true,
    false,
  ]);
});

test("a question without an answer makes the next pause longer, within bounds", () => {
  const pauses = [0, 1, 2, 30].map(
    (unanswered) => (awaitingAnswer(unrestricted, now, unanswered).askingUntil ?? 0) - now,
  );
  expect(pauses).toEqual([90_000, 180_000, 360_000, 6 * hour]);
});
