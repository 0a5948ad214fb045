import type { Clock } from "../../core/base/clock.ts";
import type { EventData } from "../../core/model/events/events.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";

export interface ExpectedAnswer {
  name: string;
  carry: unknown;
}
interface Row {
  /** What waits for this person's next message here. */
  open: (ExpectedAnswer & { until: number }) | null;
  /** The event that answered last, so that its redelivery is an answer again. */
  taken: (ExpectedAnswer & { event: string }) | null;
}

const prefix = "$question:";

/** Where a question waits: one person in one chat of one device. */
export function placeOf(device: string, data: Pick<EventData<"message.received">, "chat" | "sender">): string {
  return `${device}|${data.chat}|${data.sender}`;
}

/** Questions plugins asked, on disk and at hand; at most one is open at a place. */
export class Questions {
  readonly #rows = new Map<string, Map<string, Row>>();

  constructor(
    readonly data: PluginData,
    readonly clock: Clock,
  ) {}

  /** Reads what a plugin asked before a restart; throws away what is over. */
  async restore(plugin: string): Promise<void> {
    // A reload: what is at hand is newer than what a look at the disk would find.
    if (this.#rows.has(plugin)) return;
    const rows = new Map<string, Row>();
    for (const { key, value } of await this.data.list(plugin, prefix, 10_000)) {
      const row = value as Row;
      if (row.open && row.open.until > this.clock.now()) rows.set(key.slice(prefix.length), row);
      else await this.data.delete(plugin, key);
    }
    this.#rows.set(plugin, rows);
  }

  forget(plugin: string): void {
    this.#rows.delete(plugin);
  }

  /** The question that the event `id` at `place` answers, of a plugin that `isOn` there. */
  find(
    place: string,
    id: string | null,
    isOn: (plugin: string) => boolean,
  ): (ExpectedAnswer & { plugin: string }) | null {
    for (const [plugin, rows] of this.#rows) {
      const row = rows.get(place);
      if (row?.taken && row.taken.event === id) return { plugin, name: row.taken.name, carry: row.taken.carry };
    }
    for (const [plugin, rows] of this.#rows) {
      const open = rows.get(place)?.open;
      if (open && open.until > this.clock.now() && isOn(plugin)) return { plugin, name: open.name, carry: open.carry };
    }
    return null;
  }

  /** Notes, before the handler runs, that this event is the answer. */
  async take(plugin: string, place: string, event: string): Promise<void> {
    const row = this.#rows.get(plugin)?.get(place);
    if (!row?.open || row.taken?.event === event) return;
    const { name, carry } = row.open;
    await this.#write(plugin, place, { open: null, taken: { event, name, carry } });
  }

  /** Opens a question; whatever another plugin asked there before is closed. */
  async ask(plugin: string, place: string, answer: ExpectedAnswer, seconds: number): Promise<void> {
    for (const [other, rows] of this.#rows) {
      const row = rows.get(place);
      if (other !== plugin && row?.open) await this.#write(other, place, { ...row, open: null });
    }
    const taken = this.#rows.get(plugin)?.get(place)?.taken ?? null;
    await this.#write(plugin, place, { open: { ...answer, until: this.clock.now() + seconds * 1000 }, taken });
  }

  async #write(plugin: string, place: string, row: Row): Promise<void> {
    await this.data.set(plugin, prefix + place, row);
    this.#rows.get(plugin)?.set(place, row);
  }
}
