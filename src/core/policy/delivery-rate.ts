import { minute } from "../base/durations.ts";

/** How long a phone may take to say that it has a message, before that counts. */
const patienceMs = 5 * minute;
const judged = 10;
const fewest = 5;
const poor = 0.4;
/** More than leave within `patienceMs`. */
const most = 1_000;

interface Delivery {
  readonly waId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  isDelivered: boolean;
}

/**
 * How many of the people written to last have their message: where WhatsApp takes messages and delivers none, nobody says
 * so. One message a person counts. In memory: after a restart it counts anew.
 */
export class DeliveryRate {
  /** By chat, the oldest first. */
  readonly #deliveries = new Map<string, Delivery>();
  readonly #chats = new Map<string, string>();

  /** WhatsApp took a message. True when of the last ten people, or at least five, fewer than 40 % have theirs. */
  taken(chat: string, waId: string, now: number): boolean {
    // Another message to somebody who has not the one before says nothing new.
    if (this.#deliveries.get(chat)?.isDelivered !== false) {
      this.#drop(chat);
      this.#deliveries.set(chat, { waId, at: now, isDelivered: false });
      this.#chats.set(waId, chat);
    }
    return this.#isPoor(now);
  }

  delivered(waIds: readonly string[]): void {
    for (const waId of waIds) {
      const delivery = this.#deliveries.get(this.#chats.get(waId) ?? "");
      if (delivery) delivery.isDelivered = true;
    }
  }

  clear(): void {
    this.#deliveries.clear();
    this.#chats.clear();
  }

  #isPoor(now: number): boolean {
    const ripe: [string, Delivery][] = [];
    for (const one of this.#deliveries) {
      if (now - one[1].at < patienceMs) break;
      ripe.push(one);
    }
    for (const [chat] of ripe.splice(0, ripe.length - judged)) this.#drop(chat);
    const [oldest] = this.#deliveries.keys();
    if (this.#deliveries.size > most && oldest !== undefined) this.#drop(oldest);
    const has = ripe.filter(([, { isDelivered }]) => isDelivered).length;
    return ripe.length >= fewest && has / ripe.length < poor;
  }

  #drop(chat: string): void {
    this.#chats.delete(this.#deliveries.get(chat)?.waId ?? "");
    this.#deliveries.delete(chat);
  }
}
