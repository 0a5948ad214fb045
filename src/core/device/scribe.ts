import type { BotEvent, NewEvent } from "../model/events/events.ts";
import type { Feed } from "../delivery/feed.ts";
import type { Batch } from "../ports/ledger.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";
import type { Hold } from "../ports/hold.ts";
import type { Store } from "../ports/store.ts";
import type { Target } from "../model/events/targets.ts";

export interface ScribePorts {
  store: Store;
  feed: Feed;
  /** Called after a commit that made deliveries. */
  owed(targets: Iterable<Target>): void;
}

/**
 * Writes what happens to a device. What was written is told by `tell`, when the device is in the phase that the events
 * speak of: who hears "connected" and asks must find it connected.
 */
export class Scribe {
  /** What the disk refused of a phase that came about all the same; written with the next batch. */
  private owed: { events: NewEvent[]; device: DeviceChange } = { events: [], device: {} };
  private untold: BotEvent[] = [];
  private unserved: Target[] = [];

  constructor(
    private readonly ports: ScribePorts,
    private readonly hold: Hold,
    private readonly record: DeviceRecord,
  ) {}

  async write(given: Batch): Promise<void> {
    const batch = this.withOwed(given);
    if (
      batch.events.length === 0 &&
      !batch.messages?.length &&
      !batch.history?.length &&
      !batch.contacts?.length &&
      !batch.media?.length &&
      !batch.acquaintances?.length &&
      !batch.device
    )
      return;
    const { events, owed } = await this.ports.store.ledger.record(this.hold, batch);
    this.owed = { events: [], device: {} };
    Object.assign(this.record, batch.device);
    this.untold.push(...events);
    this.unserved.push(...owed);
  }

  tell(): void {
    const { untold, unserved } = this;
    if (untold.length === 0) return;
    this.untold = [];
    this.unserved = [];
    this.ports.feed.tell(this.record.tenant, untold);
    this.ports.owed(unserved);
  }

  /** For what is true whether or not it can be written: a connection that ended has ended. */
  async writeOrOwe(batch: Batch & { device: DeviceChange }): Promise<void> {
    try {
      await this.write(batch);
    } catch {
      this.owed = { events: [...this.owed.events, ...batch.events], device: { ...this.owed.device, ...batch.device } };
      Object.assign(this.record, batch.device);
    }
  }

  private withOwed(batch: Batch): Batch {
    const { events, device } = this.owed;
    if (events.length === 0 && Object.keys(device).length === 0) return batch;
    return { ...batch, events: [...events, ...batch.events], device: { ...device, ...batch.device } };
  }
}
