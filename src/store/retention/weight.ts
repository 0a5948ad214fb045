import type { Disk } from "../sqlite/disk.ts";

/** About how many bytes each takes, of what size can prune. */
export interface Weight {
  events: number;
  history: number;
}

/** Measured: a row with its entries in indexes, beside its texts. */
const perEvent = 250;
const perDelivery = 225;
const perAttempt = 70;
const perSaid = 500;

/** From the number of rows and what the oldest and the newest of them weigh: exact sums would read the whole file. */
export function weigher(disk: Disk): () => Weight {
  const both = (table: string) =>
    `(SELECT * FROM (SELECT * FROM ${table} ORDER BY place LIMIT 100)
      UNION SELECT * FROM (SELECT * FROM ${table} ORDER BY place DESC LIMIT 100)) AS sample`;
  const events = disk.prepare<{ bytes: number | null }, []>(
    `SELECT (SELECT count(*) FROM event) * avg(${perEvent} + length(data)
       + (SELECT count(*) * ${perDelivery} FROM delivery WHERE event = sample.place)
       + (SELECT coalesce(sum(${perAttempt} + coalesce(length(response), 0)), 0) FROM attempt WHERE event = sample.place)
     ) AS bytes FROM ${both("event")}`,
  );
  const history = disk.prepare<{ bytes: number | null }, []>(
    `SELECT (SELECT count(*) FROM said) * avg(${perSaid} + length(content) + length(context) + 2 * length(words)
       + length(wire)) AS bytes FROM ${both("said")}`,
  );
  return () => ({ events: events.get()?.bytes ?? 0, history: history.get()?.bytes ?? 0 });
}
