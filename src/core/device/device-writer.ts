import type { BotEvent, NewEvent } from "../model/events/events.ts";
import type { Feed } from "../delivery/feed.ts";
import type { Batch } from "../ports/ledger.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";
import type { Hold } from "../ports/hold.ts";
import type { Store } from "../ports/store.ts";
import type { Target } from "../model/events/targets.ts";

export interface DeviceWriterPorts {
  store: Store;
  feed: Feed;
  /** Called after a commit that made deliveries. */
  wakeTargets(targets: Iterable<Target>): void;
}

/**
 * Writes what happens to a device. What was written is told by `tell`, when the device is in the phase that the events
 * speak of: who hears "connected" and asks must find it connected.
 */
export class DeviceWriter {
  /** What the disk refused of a phase that came about all the same; written with the next batch. */
  #deferred: { events: NewEvent[]; device: DeviceChange } = { events: [], device: {} };
  #unpublished: BotEvent[] = [];
  #toWake: Target[] = [];

  readonly #ports: DeviceWriterPorts;
  readonly #hold: Hold;
  readonly #record: DeviceRecord;

  constructor(ports: DeviceWriterPorts, hold: Hold, record: DeviceRecord) {
    this.#ports = ports;
    this.#hold = hold;
    this.#record = record;
  }

  async write(given: Batch): Promise<void> {
    const batch = this.#withDeferred(given);
    if (
      batch.events.length === 0 &&
      !batch.messages?.length &&
      !batch.history?.length &&
      !batch.contacts?.length &&
      !batch.media?.length &&
      !batch.contactHistory?.length &&
      !batch.device
    )
      return;
    const { events, owed } = await this.#ports.store.ledger.record(this.#hold, batch);
    this.#deferred = { events: [], device: {} };
    Object.assign(this.#record, batch.device);
    this.#unpublished.push(...events);
    this.#toWake.push(...owed);
  }

  publish(): void {
    const unpublished = this.#unpublished;
    const toWake = this.#toWake;
    if (unpublished.length === 0) return;
    this.#unpublished = [];
    this.#toWake = [];
    this.#ports.feed.publish(this.#record.tenant, unpublished);
    this.#ports.wakeTargets(toWake);
  }

  /** For what is true whether or not it can be written: a connection that ended has ended. */
  async writeOrDefer(batch: Batch & { device: DeviceChange }): Promise<void> {
    try {
      await this.write(batch);
    } catch {
      this.#deferred = {
        events: [...this.#deferred.events, ...batch.events],
        device: { ...this.#deferred.device, ...batch.device },
      };
      Object.assign(this.#record, batch.device);
    }
  }

  #withDeferred(batch: Batch): Batch {
    const { events, device } = this.#deferred;
    if (events.length === 0 && Object.keys(device).length === 0) return batch;
    return { ...batch, events: [...events, ...batch.events], device: { ...device, ...batch.device } };
  }
}
