import type { ReceiptType } from "../base/events.ts";

/** The stanzas a client must settle: by a receipt (messages) or an ack (all others). */
const DELIVERY_KINDS = ["message", "status", "receipt", "notification", "call"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/** Whether a client must settle stanzas of this tag. */
export function isDeliveryKind(tag: string): tag is DeliveryKind {
  return DELIVERY_KINDS.some((kind) => kind === tag);
}

/** The whole story of one stanza owed to one linked device. Times are Unix milliseconds. */
export interface QueuedStanza {
  readonly kind: DeliveryKind;
  /** The linked device it is for, as its phone-number JID. */
  readonly device: string;
  readonly id: string;
  readonly from: string;
  readonly participant: string | undefined;
  /** The chat, on a copy of what the own account wrote. */
  readonly recipient: string | undefined;
  /** The stanza's `type`: text, media, w:gp2, read, … */
  readonly type: string | undefined;
  /** The `type` of each of its ciphertexts, in order. */
  readonly encryptions: readonly string[];
  readonly queuedAt: number;
  /** One entry each time it was put on the wire. */
  readonly delivered: { readonly at: number; readonly offline: boolean; readonly connection: number }[];
  readonly receipts: { readonly at: number; readonly type: ReceiptType }[];
  readonly acks: { readonly at: number }[];
  readonly nacks: { readonly at: number; readonly code: string }[];
  settledAt: number | undefined;
}

/** A message stanza that a linked device sent, by the id it chose. */
export interface Outgoing {
  readonly device: string;
  readonly id: string;
  readonly to: string;
  /** One time per stanza: a client that repeats an id adds one. */
  readonly receivedAt: number[];
  /** What the server answered each time: "ok" or the error code. */
  readonly answers: string[];
}

/** The oracle of tests: what was delivered to linked devices, what they settled, and what they sent. */
export class QueueRecord implements Iterable<QueuedStanza> {
  readonly #deliveries: QueuedStanza[] = [];
  readonly #open = new Set<QueuedStanza>();
  readonly #byId = new Map<string, QueuedStanza[]>();
  readonly #outgoing = new Map<string, Outgoing>();

  open(
    delivery: Pick<
      QueuedStanza,
      "kind" | "device" | "id" | "from" | "participant" | "recipient" | "type" | "encryptions"
    >,
  ): QueuedStanza {
    const entry: QueuedStanza = {
      ...delivery,
      queuedAt: Date.now(),
      delivered: [],
      receipts: [],
      acks: [],
      nacks: [],
      settledAt: undefined,
    };
    this.#deliveries.push(entry);
    this.#open.add(entry);
    const same = this.#byId.get(entry.id);
    if (same) same.push(entry);
    else this.#byId.set(entry.id, [entry]);
    return entry;
  }

  /** Marks a delivery as settled; false when it was before. */
  settle(delivery: QueuedStanza): boolean {
    if (!this.#open.delete(delivery)) return false;
    delivery.settledAt = Date.now();
    return true;
  }

  sent(device: string, id: string, to: string): Outgoing {
    const key = `${device} ${id}`;
    const entry = this.#outgoing.get(key) ?? { device, id, to, receivedAt: [], answers: [] };
    entry.receivedAt.push(Date.now());
    this.#outgoing.set(key, entry);
    return entry;
  }

  /** Every delivery with this id (a message to two linked devices has two). */
  of(id: string): readonly QueuedStanza[] {
    return this.#byId.get(id) ?? [];
  }

  messages(): QueuedStanza[] {
    return this.#deliveries.filter((one) => one.kind === "message" || one.kind === "status");
  }

  /** How often a stanza with this id was put on the wire. */
  delivered(id: string): number {
    return this.of(id).reduce((sum, one) => sum + one.delivered.length, 0);
  }

  /** The receipts that came for a message, in order. */
  receipted(id: string): ReceiptType[] {
    return this.of(id).flatMap((one) => one.receipts.map((receipt) => receipt.type));
  }

  /** What was delivered again although it had been delivered before. */
  redelivered(): QueuedStanza[] {
    return this.#deliveries.filter((one) => one.delivered.length > 1);
  }

  /** What is queued or delivered and not settled yet, in order. */
  unsettled(kind?: DeliveryKind): QueuedStanza[] {
    return [...this.#open].filter((one) => kind === undefined || one.kind === kind);
  }

  /** How much is queued or delivered and not settled yet, without listing it. */
  get pending(): number {
    return this.#open.size;
  }

  /** Message stanzas from linked devices, by id if given. */
  outgoing(id?: string): Outgoing[] {
    const all = [...this.#outgoing.values()];
    return id === undefined ? all : all.filter((one) => one.id === id);
  }

  get size(): number {
    return this.#deliveries.length;
  }

  [Symbol.iterator](): Iterator<QueuedStanza> {
    return this.#deliveries[Symbol.iterator]();
  }

  /** Plain data, to print or compare. */
  toJSON(): { deliveries: QueuedStanza[]; outgoing: Outgoing[] } {
    return { deliveries: this.#deliveries, outgoing: this.outgoing() };
  }
}
