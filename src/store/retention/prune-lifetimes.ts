import type { Policy, Pruned } from "../../core/ports/retention.ts";
import type { Disk } from "../sqlite/disk.ts";
import { idAt } from "./id-at.ts";
import type { Ages } from "./lifetimes.ts";
import { eventRemover, type LogPruner } from "./prune-events.ts";

/** Rows a slice removes, and rows a slice looks at: a few milliseconds of work. */
const slice = 500;
const looked = 2_000;

export interface LifetimeParts {
  /** A pruner of one log, which remembers where it stands. */
  newLog: () => LogPruner;
  /** Removes a slice of a device's files that were last used before a moment; returns how many. */
  forgetFiles: (device: string, before: number) => number;
  /** A walk through what a tenant that keeps no contents has. */
  dropContents: (tenant: string, policy: Policy) => () => Pruned;
}

/** One slice of a walk. `more`: it is not at its end. */
type Step = () => Pruned;

/**
 * Prunes what a tenant or a device keeps for less than the others, a slice a call: one walk after the other, and after the
 * last the next round begins.
 */
export function lifetimePruner(disk: Disk, parts: LifetimeParts): (policy: Policy, ages: Ages) => Pruned {
  const device = deviceLog(disk);
  const chats = chatWalk(disk);
  let steps: Step[] = [];
  const stepsOf = (policy: Policy, ages: Ages): Step[] => {
    const { now, due, owedTo } = policy;
    const tenants = ages.tenants.map(({ tenant, age }): Step => {
      const log = parts.newLog();
      const removal = { sparing: owedTo, reason: "it was too old: the retention of the tenant", due };
      return () => log.prune(idAt(now - age), removal, tenant);
    });
    const devices = ages.devices.map((aged) => device(aged.device, idAt(now - aged.age), { owedTo, due }));
    const said = ages.chats.map((aged) => chats(aged.device, now - aged.age));
    const files = ages.chats.map((aged): Step => () => {
      const rows = parts.forgetFiles(aged.device, now - aged.age);
      return { rows, more: rows > 0 };
    });
    return [
      ...tenants,
      ...devices,
      ...said,
      ...files,
      ...ages.contentFree.map((tenant) => parts.dropContents(tenant, policy)),
    ];
  };
  return (policy, ages) => {
    if (steps.length === 0) steps = stepsOf(policy, ages);
    const [step] = steps;
    if (step === undefined) return { rows: 0, more: false };
    const { rows, more } = step();
    if (!more) steps.shift();
    return { rows, more: steps.length > 0 };
  };
}

/** A device's own log from its beginning; what is owed to somebody is passed. */
function deviceLog(disk: Disk) {
  const next = disk.prepare<{ place: number; seq: number; id: string }, [string, number]>(
    `SELECT place, seq, id FROM event WHERE device = ? AND seq > ? ORDER BY seq LIMIT ${slice}`,
  );
  const raise = disk.prepare<unknown, [string, number]>(
    "INSERT INTO pruned_device VALUES (?, ?) ON CONFLICT DO UPDATE SET place = max(place, excluded.place)",
  );
  const remove = eventRemover(disk);
  return (device: string, below: string, { owedTo, due }: Pick<Policy, "owedTo" | "due">): Step => {
    let passed = 0;
    const removal = { sparing: owedTo, reason: "it was too old: the retention of the device", due };
    return () =>
      disk.relaxed(() => {
        const rows = next.all(device, passed);
        const young = rows.findIndex(({ id }) => id >= below);
        const old = young === -1 ? rows : rows.slice(0, young);
        const places = old.map(({ place }) => place);
        const gone = remove(places, removal);
        if (gone > 0) raise.run(device, places.at(-1) ?? 0);
        passed = old.at(-1)?.seq ?? passed;
        return { rows: gone, more: old.length === slice };
      });
  };
}

/** What was said on a device before a moment. It is not in order: the phone tells of the past too. */
function chatWalk(disk: Disk): (device: string, before: number) => Step {
  const end = disk.prepare<{ place: number | null }, [string, number]>(
    `SELECT max(place) AS place FROM (SELECT place FROM said WHERE device = ? AND place > ? ORDER BY place LIMIT ${looked})`,
  );
  const remove = disk.prepare("DELETE FROM said WHERE device = ? AND place > ? AND place <= ? AND at < ?");
  return (device, before) => {
    let passed = 0;
    return () =>
      disk.relaxed(() => {
        const to = end.get(device, passed)?.place ?? null;
        if (to === null) return { rows: 0, more: false };
        const { changes } = remove.run(device, passed, to, before);
        passed = to;
        return { rows: changes, more: true };
      });
  };
}
