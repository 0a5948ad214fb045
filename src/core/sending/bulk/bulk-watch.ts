import { type Bulk, settledOf, type Tally } from "../../ports/bulk.ts";
import { ChangeWatch } from "../../base/change-watch.ts";
import type { Clock } from "../../base/clock.ts";
import { deviceEvent } from "../../model/events/device-event.ts";
import type { Batch } from "../../ports/ledger.ts";
import type { Hold } from "../../ports/hold.ts";
import type { Store } from "../../ports/store.ts";
import type { Watchers } from "../../base/watchers.ts";

/** Between two looks at what became of a device's bulks. */
const pauseMs = 250;
/** Between two that are told of one bulk. */
const gapMs = 1_000;
/** It is told whenever so large a part of a bulk has left since it was last told. */
const part = 1 / 100;

export interface BulkWatchPorts {
  store: Store;
  clock: Clock;
  /** Of the device. */
  changes: Watchers;
  /** Writes, in a turn of its own. */
  record(batch: Batch): Promise<void>;
}

/** Tells how the bulks of a device get on, now and then, and of each its end, once. */
export class BulkWatch {
  /** How many messages had left when a bulk was last spoken of, and when that was. */
  readonly #told = new Map<string, { settled: number; at: number }>();

  readonly #ports: BulkWatchPorts;
  readonly #hold: Hold;
  readonly #watch: ChangeWatch;

  constructor(ports: BulkWatchPorts, hold: Hold) {
    this.#ports = ports;
    this.#hold = hold;
    this.#watch = new ChangeWatch({ ...ports, signal: hold.signal }, pauseMs, () => this.#look());
  }

  begin(): void {
    this.#watch.begin();
  }

  async #look(): Promise<void> {
    const { bulks } = this.#ports.store;
    for (const bulk of await bulks.running(this.#hold.device)) await this.#judge(bulk, await bulks.tally(bulk));
  }

  async #judge(bulk: Bulk, tally: Tally): Promise<void> {
    const { id, total, cancelledAt } = bulk;
    const now = this.#ports.clock.now();
    const settled = settledOf(bulk, tally);
    const data = { bulk_id: id, total, counts: tally, timestamp: Math.floor(now / 1000) };
    if (settled === total) {
      this.#told.delete(id);
      const done = deviceEvent("bulk.done", now, { ...data, cancelled: cancelledAt !== null });
      return this.#ports.record({
        events: [{ ...done, once: `bulk.done|${id}` }],
        bulks: [{ id, doneAt: now, tally }],
      });
    }
    const before = this.#told.get(id);
    if (settled - (before?.settled ?? 0) < Math.max(1, total * part)) return;
    if (before && now >= before.at && now - before.at < gapMs) return this.#watch.soon();
    this.#told.set(id, { settled, at: now });
    await this.#ports.record({ events: [deviceEvent("bulk.progress", now, data)] });
  }
}
