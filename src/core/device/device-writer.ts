import type { BotEvent, NewEvent } from "../model/events/events.ts";
import type { Feed } from "../delivery/feed.ts";
import { namedEvent } from "../identity/named-events.ts";
import type { PersonDirectory } from "../identity/person-directory.ts";
import type { Batch, Recorded } from "../ports/ledger.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";
import type { WithVault } from "../ports/connector.ts";
import type { Hold } from "../ports/hold.ts";
import type { Store } from "../ports/store.ts";
import type { Written } from "../ports/deliveries.ts";

export interface DeviceWriterPorts {
  store: Store;
  feed: Feed;
  /** Takes what was written to those it is owed to. */
  deliver(written: Written): void;
  /** Events went from the log: those that wait in memory are looked up again. */
  forgotten(): void;
}

/** People that a device remembers without having written to them or heard from them, about. */
const mostPeople = 100_000;
/** So many changes of people are written between two counts. */
const limitEvery = 1_000;

/**
 * Writes what happens to a device. What was written is told by `tell`, when the device is in the phase that the events
 * speak of: who hears "connected" and asks must find it connected.
 */
export class DeviceWriter {
  /** What the disk refused of a phase that came about all the same; written with the next batch. */
  #deferred: { events: NewEvent[]; device: DeviceChange } = { events: [], device: {} };
  /** Changes of people since they were counted last; they are counted with the first. */
  #learned = limitEvery;
  #unpublished: BotEvent[] = [];
  #undelivered: Written[] = [];

  readonly #ports: DeviceWriterPorts;
  readonly #hold: Hold;
  readonly #record: DeviceRecord;
  readonly #people: PersonDirectory;

  constructor(ports: DeviceWriterPorts, hold: Hold, record: DeviceRecord, people: PersonDirectory) {
    this.#people = people;
    this.#ports = ports;
    this.#hold = hold;
    this.#record = record;
  }

  /** `withVault`: what the device's vault must have in the same transaction, even when there is nothing to tell. */
  async write(given: Batch, withVault?: WithVault): Promise<void> {
    const batch = await this.#named(this.#withDeferred(given));
    if (
      !withVault &&
      !batch.people?.length &&
      batch.events.length === 0 &&
      !batch.messages?.length &&
      !batch.history?.length &&
      !batch.contacts?.length &&
      !batch.media?.length &&
      !batch.contactHistory?.length &&
      !batch.device
    )
      return;
    const { events, written } = await this.#recorded(batch, withVault);
    this.#deferred = { events: [], device: {} };
    Object.assign(this.#record, batch.device);
    this.#unpublished.push(...events);
    if (events.length > 0 || written.moves) this.#undelivered.push(written);
    // What was written stays so: it is tried again with the next.
    await this.#limitPeople(batch.people?.length ?? 0).catch(() => {});
  }

  /** Whoever is in a group with the account is known by name: outsiders shall not fill the disk. */
  async #limitPeople(learned: number): Promise<void> {
    this.#learned += learned;
    if (this.#learned < limitEvery) return;
    const gone = await this.#ports.store.persons.limit(this.#hold.device, mostPeople);
    this.#learned = 0;
    if (gone > 0) this.#people.forget();
  }

  /** With everybody by the one name that they go by, and what was learned of who is who. */
  async #named(batch: Batch): Promise<Batch> {
    const own = this.#record.account?.jid ?? null;
    // Whoever is written to is somebody, before anything is kept under the name that the sender gave.
    for (const change of batch.history ?? [])
      if (change.type === "said" && !change.old) await this.#people.meet(change.said.chat, change.said.at);
    const events: NewEvent[] = [];
    for (const event of batch.events) events.push(await namedEvent(event, this.#people, own));
    return { ...batch, events, people: [...this.#people.staged] };
  }

  async #recorded(batch: Batch, withVault?: WithVault): Promise<Recorded> {
    const { ledger } = this.#ports.store;
    try {
      const recorded = await (withVault
        ? withVault((vault) => ledger.record(this.#hold, { ...batch, vault }))
        : ledger.record(this.#hold, batch));
      this.#people.written();
      return recorded;
    } catch (error) {
      this.#people.refused();
      throw error;
    }
  }

  publish(): void {
    const unpublished = this.#unpublished;
    const undelivered = this.#undelivered;
    if (unpublished.length === 0 && undelivered.length === 0) return;
    this.#unpublished = [];
    this.#undelivered = [];
    if (unpublished.length > 0) this.#ports.feed.publish(this.#record.tenant, unpublished);
    for (const written of undelivered) this.#ports.deliver(written);
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
