import type { Claim, Deliveries, Exchange, Exchanged, Settlement } from "../../core/ports/deliveries.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { laneAdvancer } from "../sqlite/lane.ts";
import { type EventRow, eventColumns, eventOf } from "./event-row.ts";

interface DueRow extends EventRow {
  lane: string;
  attempts: number;
  failures: number;
  tenant: string;
  uid: string | null;
}

/** Deliveries are bookkeeping: a power cut may repeat one, never lose one, so they need not wait for the disk. */
export function deliveriesOn(disk: Disk): Deliveries {
  const settle = settler(disk);
  const claim = claimer(disk);
  const dueNext = disk.prepare<{ at: number | null }, [string]>(
    "SELECT min(due_at) AS at FROM delivery WHERE target = ? AND stage = 'due'",
  );
  const exchange = ({ settled, want, now }: Exchange): Exchanged => {
    for (const settlement of settled) settle(settlement, now);
    const claims: Claim[] = [];
    const next = new Map<Target, number>();
    for (const [target, limit] of want) {
      // Most of many targets are owed nothing now: they are asked one question, not two.
      let at = dueNext.get(target)?.at ?? null;
      const got = at !== null && at <= now ? claim(target, limit, now) : [];
      claims.push(...got);
      if (got.length > 0) at = got.length < limit ? (dueNext.get(target)?.at ?? null) : null;
      if (at !== null) next.set(target, at);
    }
    return { claims, next };
  };
  return {
    exchange: async (ask) => {
      const exchanged = disk.relaxed(() => exchange(ask));
      // The events, not this: what is told must not be undone.
      return exchanged.claims.length > 0 ? disk.readFlushed(() => exchanged) : exchanged;
    },
    ...recovery(disk),
  };
}

function settler(disk: Disk): (settlement: Settlement, now: number) => void {
  const update = disk.prepare(
    `UPDATE delivery SET stage = $stage, due_at = coalesce($at, due_at), reason = $reason,
       failures = iif($stage = 'due', failures + 1, failures), settled_at = iif($stage = 'due', NULL, $now)
     WHERE event = $place AND target = $target AND stage = 'running' AND attempts = $attempt`,
  );
  const note = disk.prepare("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const promote = laneAdvancer(disk);
  return ({ place, target, lane, attempt, startedAt, duration, outcome, next }, now) => {
    const at = next.stage === "due" ? next.at : null;
    const reason = next.stage === "dead" ? next.reason : null;
    const { changes } = update.run({ place, target, attempt, stage: next.stage, at, reason, now });
    if (changes === 0) return; // removed meanwhile
    const { status = null, error = null, response = null } = outcome;
    note.run(place, target, attempt, startedAt, duration, status, error, response);
    if (next.stage !== "due") promote(target, lane, now);
  };
}

function claimer(disk: Disk): (target: Target, limit: number, now: number) => Claim[] {
  const due = disk.prepare<DueRow, [string, number, number]>(
    `SELECT ${eventColumns}, event.tenant, event.device AS "uid", lane, attempts, failures
     FROM delivery JOIN event ON event.place = delivery.event LEFT JOIN device ON device.uid = event.device
     WHERE target = ? AND stage = 'due' AND due_at <= ? ORDER BY due_at, delivery.event LIMIT ?`,
  );
  const run = disk.prepare(
    "UPDATE delivery SET stage = 'running', attempts = attempts + 1 WHERE event = ? AND target = ?",
  );
  return (target, limit, now) =>
    due.all(target, now, limit).map((row) => {
      run.run(row.place, target);
      const { place, lane, attempts, failures, tenant, uid, device } = row;
      const source = { tenant, uid, id: device };
      return { place, target, lane, attempt: attempts + 1, failures, event: eventOf(row), source };
    });
}

function recovery(disk: Disk): Pick<Deliveries, "release" | "hasten" | "pullIn"> {
  const note = disk.prepare(
    `INSERT INTO attempt (event, target, number, at, error)
     SELECT event, target, attempts, ?, 'interrupted: Merpati stopped before the answer came'
     FROM delivery WHERE settled_at IS NULL AND stage = 'running'`,
  );
  const release = disk.prepare(
    "UPDATE delivery SET stage = 'due', due_at = ? WHERE settled_at IS NULL AND stage = 'running'",
  );
  const hasten = disk.prepare(
    "UPDATE delivery SET due_at = min(due_at, $now), failures = 0 WHERE target = $target AND stage = 'due'",
  );
  const pullIn = disk.prepare("UPDATE delivery SET due_at = ?1 WHERE stage = 'due' AND due_at > ?1 + ?2");
  return {
    release: async (now) =>
      disk.write(() => {
        note.run(now);
        return release.run(now).changes;
      }),
    hasten: async (target, now) => disk.relaxed(() => void hasten.run({ target, now })),
    pullIn: async (now, longest) => disk.write(() => void pullIn.run(now, longest)),
  };
}
