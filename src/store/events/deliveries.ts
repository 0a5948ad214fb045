import type {
  LaneArrivals,
  Claim,
  Deliveries,
  Exchange,
  Exchanged,
  Held,
  Settlement,
} from "../../core/ports/deliveries.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import { laneAdvancer, presentLanes } from "../sqlite/lane.ts";
import type { DeliveredLog } from "./delivered.ts";
import { type EventRow, eventColumns, eventOf, sealedResponse } from "./event-row.ts";
import { owedReader } from "./log-reader.ts";

/** Of what is claimed together. */
const mostTogetherBytes = 1 << 20;

interface DueRow extends EventRow {
  lane: string;
  attempts: number;
  failures: number;
  dueAt: number;
  tenant: string;
  uid: string | null;
}

/** What was taken need not wait for the disk: that it is lost repeats a delivery. What failed or waits must be there. */
export function deliveriesOn(disk: Disk, delivered: DeliveredLog): Deliveries {
  const settle = settler(disk);
  const { hold, arrive } = rowMaker(disk);
  const { claim, probe, follow } = claimer(disk);
  const { open, pass } = recovery(disk);
  const stand = standing(disk);
  const exchange = ({ now, ...ask }: Exchange): Exchanged => {
    for (const settlement of ask.settled) settle(settlement, now);
    for (const each of ask.held) hold(each, now);
    const blocked = ask.arrivals.map((each) => arrive(each, now));
    for (const [target, successes] of ask.delivered) delivered.add(target, successes);
    for (const [target, place] of ask.cursors) pass(target, place);
    for (const [target, anew] of ask.opened) open(target, now, anew);
    const heads = [...ask.want].flatMap(([target, limit]) => claim(target, limit, now));
    for (const [target, after] of ask.probes) heads.push(...probe(target, after));
    const claims = heads.flatMap((head) => [head, ...follow(head, (ask.together.get(head.target) ?? 1) - 1)]);
    const spoken = new Set([...ask.want.keys(), ...ask.probes.keys(), ...ask.opened.keys()]);
    for (const { target } of [...ask.settled, ...ask.held, ...ask.arrivals]) spoken.add(target);
    return { claims, blocked, open: stand(spoken) };
  };
  return {
    exchange: async (ask) => {
      try {
        const exchanged = disk.relaxed(() => exchange(ask));
        const { settled, held, arrivals, opened } = ask;
        const changed = exchanged.claims.length + settled.length + held.length + arrivals.length + opened.size > 0;
        // What has a row is passed by the cursor: it must not be lost with this turn's transaction.
        await (changed ? disk.flushed() : disk.committed());
        return exchanged;
      } catch (error) {
        delivered.failed();
        throw error;
      }
    },
    ...owedReader(disk),
    ...starter(disk),
    hasten: async (target, now) => disk.relaxed(() => open(target, now, true)),
  };
}

function settler(disk: Disk): (settlement: Settlement, now: number) => void {
  const update = disk.prepare(
    `UPDATE delivery SET stage = $stage, due_at = coalesce($at, due_at), reason = $reason,
       failures = failures + $waits, settled_at = iif($waits, NULL, $now)
     WHERE event = $place AND target = $target AND stage = 'running' AND attempts = $attempt`,
  );
  // A probe that failed counts for nothing.
  const probed = disk.prepare(
    `UPDATE delivery SET stage = ?, attempts = attempts - 1
     WHERE event = ? AND target = ? AND stage = 'running' AND attempts = ?`,
  );
  const insert = disk.prepare(
    `INSERT INTO delivery (event, target, lane, stage, due_at, attempts, failures, reason, settled_at)
     SELECT place, $target, $lane, $stage, coalesce($at, $now), 1, $waits, $reason, iif($waits, NULL, $now)
     FROM event WHERE place = $place ON CONFLICT DO NOTHING`,
  );
  const note = disk.prepare("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const laneOfRow = disk.prepare<{ lane: string }, [number, string]>(
    "SELECT lane FROM delivery WHERE event = ? AND target = ?",
  );
  const present = presentLanes(disk);
  const promote = laneAdvancer(disk);
  return ({ place, target, lane, attempt, row, startedAt, duration, outcome, next }, now) => {
    // Behind another of its delivery: it is brought when that is settled.
    const after = next.stage === "due" && next.behind ? "blocked" : next.stage;
    if (next.stage === "due" && next.probed) {
      probed.run(after, place, target, attempt);
      return;
    }
    const at = next.stage === "due" ? next.at : null;
    const reason = next.stage === "dead" ? next.reason : null;
    const waits = Number(next.stage === "due");
    const stage = { place, target, stage: after, at, reason, now, waits };
    const { changes } = row ? update.run({ ...stage, attempt }) : insert.run({ ...stage, lane: present(lane) });
    if (changes === 0) return; // removed meanwhile
    const { status = null, error = null, response = null } = outcome;
    const kept = response === null ? null : sealedResponse({ event: place, target, response }, disk.seal);
    note.run(place, target, attempt, startedAt, duration, status, error, kept);
    // Its lane may be another by now.
    if (after !== "due") promote(target, laneOfRow.get(place, target)?.lane ?? lane, now);
  };
}

/** Rows for what has none. */
function rowMaker(disk: Disk) {
  const insert = disk.prepare(
    `INSERT INTO delivery (event, target, lane, stage, due_at, attempts)
     SELECT place, $target, $lane, $stage, $now, $attempts FROM event WHERE place = $place ON CONFLICT DO NOTHING`,
  );
  const isOpen = disk.prepare<{ one: 1 }, [string, string]>(
    "SELECT 1 AS one FROM delivery WHERE target = ? AND lane = ? AND settled_at IS NULL LIMIT 1",
  );
  const promote = laneAdvancer(disk);
  const present = presentLanes(disk);
  const hold = ({ place, target, lane: given, ...held }: Held, now: number): void => {
    const lane = present(given);
    // The head of a lane that became part of another is not its head.
    const stage = lane !== given && held.stage === "due" ? "blocked" : held.stage;
    insert.run({ place, target, lane, stage, now, attempts: Number(stage === "running") });
    promote(target, lane, now); // what stood before it may have been removed meanwhile
  };
  const arrive = ({ target, lane, places }: LaneArrivals, now: number): boolean => {
    if (isOpen.get(target, present(lane)) === null) return false;
    for (const place of places) hold({ place, target, lane, stage: "blocked" }, now);
    return true;
  };
  return { hold, arrive };
}

function claimer(disk: Disk) {
  const columns = `SELECT ${eventColumns}, event.tenant, event.device AS "uid", lane, attempts, failures, due_at AS "dueAt"
     FROM delivery JOIN event ON event.place = delivery.event LEFT JOIN device ON device.uid = event.device`;
  const due = disk.prepare<DueRow, [string, number, number]>(
    `${columns} WHERE target = ? AND stage = 'due' AND due_at <= ? ORDER BY due_at, delivery.event LIMIT ?`,
  );
  const waiting = disk.prepare<DueRow, [string, number]>(
    `${columns} WHERE target = ? AND stage = 'due' AND delivery.event > ? ORDER BY delivery.event LIMIT 1`,
  );
  const run = disk.prepare(
    "UPDATE delivery SET stage = 'running', attempts = attempts + 1 WHERE event = ? AND target = ?",
  );
  const behind = disk.prepare<DueRow, [string, string, number, number]>(
    `${columns} WHERE target = ? AND lane = ? AND stage = 'blocked' AND settled_at IS NULL AND delivery.event > ?
     ORDER BY delivery.event LIMIT ?`,
  );
  const claimOf = (row: DueRow, target: Target, follows: number | null): Claim => {
    run.run(row.place, target);
    const { place, lane, attempts, failures, dueAt, tenant, uid, device } = row;
    const source = { tenant, uid, id: device };
    const claim = {
      place,
      target,
      lane,
      attempt: attempts + 1,
      failures,
      dueAt,
      event: eventOf(row, disk.seal),
      source,
    };
    return { ...claim, size: row.data.length, follows };
  };
  const claimed = (target: Target, rows: DueRow[]): Claim[] => rows.map((row) => claimOf(row, target, null));
  return {
    claim: (target: Target, limit: number, now: number) => claimed(target, due.all(target, now, limit)),
    probe: (target: Target, after: number) => {
      const next = waiting.all(target, after);
      return claimed(target, next.length > 0 ? next : waiting.all(target, 0));
    },
    /** What is behind a claim in its lane and goes with it. */
    follow: ({ target, lane, place, size, dueAt }: Claim, most: number): Claim[] => {
      if (most <= 0) return [];
      let bytes = size;
      const rows = behind.all(target, lane, place, most);
      const fit = rows.findIndex(({ data }) => (bytes += data.length) > mostTogetherBytes);
      // Its turn is the head's.
      return rows.slice(0, fit === -1 ? most : fit).map((row) => ({ ...claimOf(row, target, place), dueAt }));
    },
  };
}

/** Which of these targets have open rows, and when the next of these falls due. */
function standing(disk: Disk): (targets: Iterable<Target>) => Map<Target, number | null> {
  const next = disk.prepare<{ at: number | null }, [string]>(
    "SELECT min(due_at) AS at FROM delivery WHERE target = ? AND stage = 'due'",
  );
  const open = disk.prepare<{ one: 1 }, [string]>(
    "SELECT 1 AS one FROM delivery WHERE target = ? AND settled_at IS NULL LIMIT 1",
  );
  return (targets) => {
    const found = new Map<Target, number | null>();
    for (const target of targets) {
      const at = next.get(target)?.at ?? null;
      if (at !== null || open.get(target) !== null) found.set(target, at);
    }
    return found;
  };
}

function recovery(disk: Disk) {
  const open = disk.prepare(
    `UPDATE delivery SET due_at = min(due_at, $now), failures = iif($anew, 0, failures)
     WHERE target = $target AND stage = 'due'`,
  );
  const pass = disk.prepare<unknown, [string, number]>(
    `INSERT INTO cursor (target, place) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET place = max(place, excluded.place)`,
  );
  return {
    open: (target: Target, now: number, anew: boolean) => void open.run({ target, now, anew: Number(anew) }),
    pass: (target: Target, place: number) => void pass.run(target, place),
  };
}

function starter(disk: Disk): Pick<Deliveries, "release" | "pullIn"> {
  const note = disk.prepare(
    `INSERT INTO attempt (event, target, number, at, error)
     SELECT event, target, attempts, ?, 'interrupted: Merpati stopped before the answer came'
     FROM delivery WHERE settled_at IS NULL AND stage = 'running'`,
  );
  // Of what ran together the first of each lane is due.
  const release = disk.prepare(
    `UPDATE delivery SET due_at = ?, stage = iif(EXISTS (SELECT 1 FROM delivery AS other
       WHERE other.target = delivery.target AND other.lane = delivery.lane AND other.settled_at IS NULL
         AND other.stage IN ('due', 'running') AND other.event < delivery.event), 'blocked', 'due')
     WHERE settled_at IS NULL AND stage = 'running'`,
  );
  const pullIn = disk.prepare("UPDATE delivery SET due_at = ?1 WHERE stage = 'due' AND due_at > ?1 + ?2");
  return {
    release: async (now) =>
      disk.write(() => {
        note.run(now);
        return release.run(now).changes;
      }),
    pullIn: async (now, longest) => disk.write(() => void pullIn.run(now, longest)),
  };
}
