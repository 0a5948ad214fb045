import type { DeliveryFigures, DeliveryLog, RecentDeliveries } from "../../core/ports/delivery-log.ts";
import type { DeliveryStage, Success } from "../../core/ports/deliveries.ts";
import type { Target } from "../../core/model/events/targets.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { DeliveredLog } from "./delivered.ts";
import type { LogDeliveries } from "./log-deliveries.ts";

/** How many of the latest deliveries are looked at. */
const latest = 200;

interface Tried {
  event: number;
  at: number;
  duration: number;
  status: number | null;
  error: string | null;
}

/** How much waits, and how the latest attempts went. */
export function deliveryFigures(
  disk: Disk,
  fromLog: LogDeliveries,
  delivered: DeliveredLog,
): Pick<DeliveryLog, "figures" | "recent"> {
  const open = "target = ? AND settled_at IS NULL";
  const count = disk.prepare<{ pending: number; first: number | null; dead: number }, [string, string, string]>(
    `SELECT (SELECT count(*) FROM delivery WHERE ${open}) AS pending,
       (SELECT min(event) FROM delivery WHERE ${open}) AS first,
       (SELECT count(*) FROM delivery WHERE target = ? AND stage = 'dead') AS dead`,
  );
  const at = disk.prepare<{ at: number }, [number]>("SELECT at FROM event WHERE place = ?");
  const lately = latestOn(disk, delivered);
  const figures = async (target: Target): Promise<DeliveryFigures> => {
    const backlog = await fromLog.backlog(target);
    return disk.read(() => {
      const { pending, first, dead } = count.get(target, target, target) ?? { pending: 0, first: null, dead: 0 };
      const oldest = Math.min(first ?? Infinity, backlog.first ?? Infinity);
      return {
        pending: pending + backlog.count,
        pendingSince: oldest === Infinity ? null : (at.get(oldest)?.at ?? null),
        dead,
        recent: summaryOf(lately(target)),
      };
    });
  };
  return {
    figures,
    recent: async (target) =>
      disk.read(() => {
        const { tried, successes } = lately(target);
        const failed = tried.filter(({ error }) => error !== null).toSorted((a, b) => a.at - b.at);
        const last = failed.at(-1);
        const good = tried.filter(({ error }) => error === null).map((each) => each.at + each.duration);
        const ends = [...good, ...successes.map(({ startedAt, duration }) => startedAt + duration)];
        return {
          lastSuccessAt: ends.length === 0 ? null : Math.max(...ends),
          lastFailure:
            last === undefined ? null : { at: last.at + last.duration, status: last.status, error: last.error },
        };
      }),
  };
}

interface Latest {
  stages: DeliveryStage[];
  tried: Tried[];
  successes: Success[];
}

/** The latest deliveries of both kinds: those with a row, and those that were taken at once. */
function latestOn(disk: Disk, delivered: DeliveredLog): (target: Target) => Latest {
  const rows = disk.prepare<{ event: number; stage: DeliveryStage }, [string]>(
    `SELECT event, stage FROM delivery WHERE target = ? ORDER BY event DESC LIMIT ${latest}`,
  );
  const attempts = disk.prepare<Tried, [string, number]>(
    `SELECT attempt.event, at, duration, status, error
     FROM (SELECT event, target FROM delivery WHERE target = ? AND event >= ? ORDER BY event DESC LIMIT ${latest})
     CROSS JOIN attempt USING (event, target) WHERE duration IS NOT NULL`,
  );
  return (target) => {
    const exceptions = rows.all(target);
    const known = new Set(exceptions.map(({ event }) => event));
    const successes = [...delivered.latest(target, latest).values()].filter(({ place }) => !known.has(place));
    const places = [...known, ...successes.map(({ place }) => place)].toSorted((a, b) => b - a);
    const from = places[latest - 1] ?? 0;
    return {
      stages: exceptions.filter(({ event }) => event >= from).map(({ stage }) => stage),
      tried: attempts.all(target, from),
      successes: successes.filter(({ place }) => place >= from),
    };
  };
}

function summaryOf({ stages, tried, successes }: Latest): RecentDeliveries {
  const failed = tried.filter(({ error }) => error !== null).length;
  const good = [...tried.filter(({ error }) => error === null), ...successes];
  const sum = good.reduce((all, { duration }) => all + duration, 0);
  return {
    deliveries: stages.length + successes.length,
    delivered: stages.filter((stage) => stage === "delivered").length + successes.length,
    dead: stages.filter((stage) => stage === "dead").length,
    attempts: tried.length + successes.length,
    failed,
    duration: good.length === 0 ? null : Math.round(sum / good.length),
  };
}
