import type { EventHub, ReceiptType } from "../base/events.ts";
import type { SimulatorOptions } from "../base/options.ts";
import { type Delivery, type DeliveryKind, type DeliveryRecord, isDeliveryKind } from "./record.ts";
import { children, el, type Stanza } from "../wire/stanza.ts";

/** Where a mailbox's stanzas go when its device is connected. */
export interface Outlet {
  readonly number: number;
  send(stanza: Stanza): void;
}

interface Waiting {
  readonly stanza: Stanza;
  readonly delivery: Delivery;
}

/** What names a stanza when its receiver answers it. */
export interface Reference {
  readonly kind: DeliveryKind;
  readonly id: string;
  readonly from: string | undefined;
  readonly participant: string | undefined;
  readonly type: string | undefined;
}

/**
 * The server's queue for one linked device: a stanza stays, in order, until the device settles it. What is unsettled
 * when the device comes back is delivered again, marked `offline`, before anything new.
 */
export class Mailbox {
  readonly device: string;
  readonly #record: DeliveryRecord;
  readonly #events: EventHub;
  readonly #options: SimulatorOptions;
  readonly #waiting = new Map<string, Waiting>();
  #outlet: Outlet | undefined;
  #live = false;

  constructor(device: string, record: DeliveryRecord, events: EventHub, options: SimulatorOptions) {
    this.device = device;
    this.#record = record;
    this.#events = events;
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** How much of each kind waits, for `ib offline_preview`. */
  count(kind?: DeliveryKind): number {
    if (kind === undefined) return this.#waiting.size;
    return [...this.#waiting.values()].filter((one) => one.delivery.kind === kind).length;
  }

  put(stanza: Stanza): Delivery {
    const reference = referenceOf(stanza);
    const encryptions = children(stanza, "enc").map((enc) => enc.attrs["type"] ?? "");
    const { device } = this;
    const delivery = this.#record.open({ ...reference, device, from: reference.from ?? "", encryptions });
    const waiting = { stanza, delivery };
    this.#waiting.set(this.#freeKey(reference), waiting);
    if (this.#live && this.#outlet) this.#deliver(waiting, this.#outlet, false);
    return delivery;
  }

  /** Whether the device has its queue, so that what is new goes straight to it. */
  get isLive(): boolean {
    return this.#live;
  }

  /** The device has logged in; nothing is delivered before `release`. */
  attach(outlet: Outlet): void {
    this.#outlet = outlet;
    this.#live = false;
  }

  /** The device asked for its queue: everything unsettled goes out, then it is live. Returns how much that was. */
  release(): number {
    if (!this.#outlet) return 0;
    let count = 0;
    for (const one of Array.from(this.#waiting.values())) {
      this.#deliver(one, this.#outlet, true);
      count++;
      // What the device refused before holds up everything behind it, in the one model where it does.
      if (this.#options.nack === "blocks" && one.delivery.nacks.length > 0) return count;
    }
    this.#live = true;
    return count;
  }

  detach(outlet: Outlet): void {
    if (this.#outlet !== outlet) return;
    this.#outlet = undefined;
    this.#live = false;
  }

  /** A receipt for a message. False when no such message was delivered to this device. */
  receipt(reference: Reference, type: ReceiptType): boolean {
    const delivery = this.#find(reference);
    if (!delivery || delivery.delivered.length === 0) return false;
    delivery.receipts.push({ at: Date.now(), type });
    this.#events.emit({ type: "message.receipt", id: reference.id, device: this.device, receipt: type });
    if (type !== "retry" || this.#options.retrySettles) this.#settle(reference, delivery);
    return true;
  }

  ack(reference: Reference, errorCode: string | undefined): boolean {
    const delivery = this.#find(reference);
    if (!delivery || delivery.delivered.length === 0) return false;
    if (errorCode === undefined) delivery.acks.push({ at: Date.now() });
    else {
      delivery.nacks.push({ at: Date.now(), code: errorCode });
      this.#events.emit({ type: "message.nack", id: reference.id, device: this.device, code: errorCode });
    }
    if (errorCode === undefined || this.#options.nack === "deletes") this.#settle(reference, delivery);
    return true;
  }

  #deliver(waiting: Waiting, outlet: Outlet, offline: boolean): void {
    const { delivery } = waiting;
    delivery.delivered.push({ at: Date.now(), offline, connection: outlet.number });
    outlet.send(offline ? this.#marked(waiting.stanza) : waiting.stanza);
    const { id, kind } = delivery;
    if (kind === "message") this.#events.emit({ type: "message.delivered", id, device: this.device, offline });
  }

  #marked(stanza: Stanza): Stanza {
    const { offlineMarker } = this.#options;
    if (offlineMarker === "none") return stanza;
    const offline = offlineMarker === "count" ? String(this.#waiting.size) : offlineMarker;
    return el(stanza.tag, { ...stanza.attrs, offline }, stanza.content);
  }

  #freeKey(reference: Reference): string {
    return keysOf(reference).find((key) => !this.#waiting.has(key)) ?? keyOf(reference);
  }

  #find(reference: Reference): Delivery | undefined {
    const waiting = keysOf(reference).map((key) => this.#waiting.get(key));
    const first = waiting.find((one) => one !== undefined);
    if (first) return first.delivery;
    return this.#record.of(reference.id).find((one) => this.#answers(reference, one));
  }

  // A receipt of type `sender` names the chat, not the phone the copy came from, and may lack `to` altogether.
  #answers(reference: Reference, delivery: Delivery): boolean {
    if (delivery.device !== this.device || delivery.kind !== reference.kind) return false;
    return reference.kind === "message" || delivery.type === reference.type;
  }

  #settle(reference: Reference, delivery: Delivery): void {
    for (const key of keysOf(delivery)) if (this.#waiting.get(key)?.delivery === delivery) this.#waiting.delete(key);
    if (!this.#record.settle(delivery)) return;
    this.#events.emit({ type: "stanza.settled", kind: delivery.kind, id: reference.id, device: this.device });
  }
}

function referenceOf(stanza: Stanza): Reference & { id: string } {
  const { id = "", from, participant, type } = stanza.attrs;
  const { tag } = stanza;
  if (!isDeliveryKind(tag)) throw new Error(`<${tag}> is not owed to anyone`);
  return { kind: tag, id, from, participant, type };
}

// An edit in a channel has the id of the post it changes, which may be waiting still, as other edits may.
function keysOf(reference: Reference): string[] {
  const key = keyOf(reference);
  return reference.kind === "message" && isChannel(reference.from)
    ? Array.from({ length: 16 }, (_, at) => `${key}${"+".repeat(at)}`)
    : [key];
}

const isChannel = (jid: string | undefined): boolean => jid?.endsWith("@newsletter") ?? false;

function keyOf({ kind, id, from, participant, type }: Reference): string {
  return `${kind} ${id} ${from} ${participant} ${kind === "message" ? "" : type}`;
}
