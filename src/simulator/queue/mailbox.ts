import type { SimulatorClock } from "../base/clock.ts";
import type { EventHub, ReceiptType } from "../base/events.ts";
import type { SimulatorOptions } from "../base/options.ts";
import type { Problems } from "../base/problems.ts";
import type { Random } from "../base/random.ts";
import { children, describe, el, type Stanza } from "../wire/stanza.ts";
import { AckDeadline } from "./deadline.ts";
import { type Answer, mismatch, type StanzaName } from "./settlement.ts";
import { type QueuedStanza, type DeliveryKind, type QueueRecord, isDeliveryKind } from "./record.ts";

/** Where a mailbox's stanzas go when its device is connected. */
export interface Outlet {
  readonly number: number;
  send(stanza: Stanza): void;
  /** Ends the stream with an error that holds these. */
  streamError(attributes: Record<string, string>, content?: Stanza[]): void;
}

/** What mailboxes have of the network. */
export interface PostOffice {
  readonly record: QueueRecord;
  readonly events: EventHub;
  readonly options: SimulatorOptions;
  readonly clock: SimulatorClock;
  readonly problems: Problems;
  readonly random: Random;
}

interface Waiting {
  readonly stanza: Stanza;
  readonly delivery: QueuedStanza;
}

/** What became of an answer: it settles nothing that was delivered, it names a stanza wrongly, or it holds. */
export type Verdict = { readonly kind: "unknown" | "taken" } | { readonly kind: "wrong"; readonly reason: string };

/**
 * The server's queue for one linked device: a stanza stays, in order, until the device settles it. What is unsettled
 * when the device comes back is delivered again, marked `offline`, before anything new.
 *
 *     offline ──attach──▶ catching up ──the last is handed out──▶ live
 *        ▲                    │  hands out as the device asks       │
 *        └──────── detach ────┴─────────────────────────────────────┘
 */
export class Mailbox {
  readonly device: string;
  readonly #office: PostOffice;
  readonly #waiting = new Map<string, Waiting>();
  readonly #deadline: AckDeadline;
  #outlet: Outlet | undefined;
  #live = false;
  /** What was handed out on this connection and is not settled, and how much that was in all. */
  #handed = new Set<Waiting>();
  #handedCount = 0;

  constructor(device: string, office: PostOffice) {
    this.device = device;
    this.#office = office;
    this.#deadline = new AckDeadline(office.clock, office.options, (stanza) => this.#overdue(stanza));
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** How much of each kind waits, for `ib offline_preview`. */
  count(kind?: DeliveryKind): number {
    if (kind === undefined) return this.#waiting.size;
    return [...this.#waiting.values()].filter((one) => one.delivery.kind === kind).length;
  }

  put(stanza: Stanza): QueuedStanza {
    const reference = referenceOf(stanza);
    const encryptions = children(stanza, "enc").map((enc) => enc.attrs["type"] ?? "");
    const { device } = this;
    const delivery = this.#office.record.open({ ...reference, device, from: reference.from ?? "", encryptions });
    const waiting = { stanza, delivery };
    this.#waiting.set(this.#freeKey(reference), waiting);
    if (this.#live && this.#outlet) this.#deliver(waiting, this.#outlet, false);
    return delivery;
  }

  /** Whether the device has its queue, so that what is new goes straight to it. */
  get isLive(): boolean {
    return this.#live;
  }

  /** The device has logged in; nothing is delivered before `handOut`. */
  attach(outlet: Outlet): void {
    this.#outlet = outlet;
    this.#live = false;
    this.#handed = new Set();
    this.#handedCount = 0;
    this.#deadline.clear();
  }

  /**
   * Hands out the next stanzas of the queue, as many as `limit`. With the last of them the device is live. Returns how
   * many that were on this connection so far.
   */
  handOut(limit = Number.POSITIVE_INFINITY): number {
    if (!this.#outlet || this.#live) return this.#handedCount;
    let left = limit;
    for (const one of Array.from(this.#waiting.values())) {
      if (this.#handed.has(one)) continue;
      if (left-- <= 0) return this.#handedCount;
      this.#deliver(one, this.#outlet, true);
      // What the device refused before holds up everything behind it, in the one model where it does.
      if (this.#office.options.nack === "blocks" && one.delivery.nacks.length > 0) return this.#handedCount;
    }
    this.#live = true;
    return this.#handedCount;
  }

  detach(outlet: Outlet): void {
    if (this.#outlet !== outlet) return;
    this.#outlet = undefined;
    this.#live = false;
    this.#deadline.clear();
  }

  /** A receipt for a message. */
  receipt(answer: Answer, type: ReceiptType): Verdict {
    const delivery = this.#find(answer);
    if (!delivery || delivery.delivered.length === 0) return { kind: "unknown" };
    const reason = this.#office.options.strict ? mismatch(delivery, answer) : undefined;
    if (reason !== undefined) return { kind: "wrong", reason };
    delivery.receipts.push({ at: Date.now(), type });
    this.#office.events.emit({ type: "message.receipt", id: answer.id, device: this.device, receipt: type });
    if (type !== "retry" || this.#office.options.retrySettles) this.#settle(answer, delivery);
    return { kind: "taken" };
  }

  ack(answer: Answer, errorCode: string | undefined): Verdict {
    const delivery = this.#find(answer);
    if (!delivery || delivery.delivered.length === 0) return { kind: "unknown" };
    const reason = this.#office.options.strict ? mismatch(delivery, answer) : undefined;
    if (reason !== undefined) return { kind: "wrong", reason };
    if (errorCode === undefined) delivery.acks.push({ at: Date.now() });
    else {
      delivery.nacks.push({ at: Date.now(), code: errorCode });
      this.#office.events.emit({ type: "message.nack", id: answer.id, device: this.device, code: errorCode });
    }
    if (errorCode === undefined || this.#office.options.nack === "deletes") this.#settle(answer, delivery);
    return { kind: "taken" };
  }

  #deliver(waiting: Waiting, outlet: Outlet, offline: boolean): void {
    const { delivery } = waiting;
    this.#handed.add(waiting);
    this.#handedCount++;
    this.#deadline.start(waiting.stanza);
    delivery.delivered.push({ at: Date.now(), offline, connection: outlet.number });
    outlet.send(offline ? this.#marked(waiting.stanza) : waiting.stanza);
    const { id, kind } = delivery;
    const isMessage = kind === "message" || kind === "status";
    if (isMessage) this.#office.events.emit({ type: "message.delivered", id, device: this.device, offline });
  }

  /** Each stanza that was handed out and is not settled becomes a problem. */
  tellUnsettled(): void {
    for (const { stanza } of this.#handed)
      this.#office.problems.add(`${this.device} left a stanza unsettled: ${describe(stanza)}`);
  }

  // As WhatsApp does after fifty minutes: the stream ends and names the stanza.
  #overdue(stanza: Stanza): void {
    const { id, from, participant } = stanza.attrs;
    this.#office.problems.add(`${this.device} left a stanza unsettled until its stream was ended: ${describe(stanza)}`);
    this.#outlet?.streamError({}, [el("ack", { class: stanza.tag, id, to: from, participant })]);
  }

  #marked(stanza: Stanza): Stanza {
    const { offlineMarker } = this.#office.options;
    if (offlineMarker === "none") return stanza;
    const several = {
      count: this.#waiting.size,
      mixed: this.#handedCount === 1 ? 0 : this.#office.random.below(1_025),
    };
    const fixed = offlineMarker === "count" || offlineMarker === "mixed" ? undefined : offlineMarker;
    const offline = fixed ?? String(several[offlineMarker === "count" ? "count" : "mixed"]);
    return el(stanza.tag, { ...stanza.attrs, offline }, stanza.content);
  }

  #freeKey(reference: StanzaName): string {
    return keysOf(reference).find((key) => !this.#waiting.has(key)) ?? keyOf(reference);
  }

  #find(answer: Answer): QueuedStanza | undefined {
    return this.#office.options.strict ? this.#namedBy(answer) : this.#roughly(answer);
  }

  // What it names wrongly is found too, by the id, so that the mistake can be told.
  #namedBy(answer: Answer): QueuedStanza | undefined {
    const kinds = answer.how === "receipt" ? ["message", "status", answer.kind] : [answer.kind];
    const mine = this.#office.record.of(answer.id).filter((one) => one.device === this.device);
    const sent = mine.filter((one) => one.delivered.length > 0 && kinds.includes(one.kind));
    const open = sent.filter((one) => one.settledAt === undefined);
    const fits = (one: QueuedStanza): boolean => mismatch(one, answer) === undefined;
    return open.find(fits) ?? sent.find(fits) ?? open[0] ?? sent[0];
  }

  #roughly(reference: StanzaName): QueuedStanza | undefined {
    const waiting = keysOf(reference).map((key) => this.#waiting.get(key));
    const first = waiting.find((one) => one !== undefined);
    if (first) return first.delivery;
    const named = this.#office.record.of(reference.id).filter((one) => this.#answers(reference, one));
    return named.find((one) => one.settledAt === undefined) ?? named[0];
  }

  // A receipt of type `sender` names the chat, not the phone the copy came from, and may lack `to` altogether.
  #answers(reference: StanzaName, delivery: QueuedStanza): boolean {
    if (delivery.device !== this.device || delivery.kind !== reference.kind) return false;
    // WhatsApp Web acknowledges some notifications without their type.
    return reference.kind === "message" || reference.type === undefined || delivery.type === reference.type;
  }

  #settle(reference: StanzaName, delivery: QueuedStanza): void {
    for (const key of keysOf(delivery)) {
      const waiting = this.#waiting.get(key);
      if (waiting?.delivery !== delivery) continue;
      this.#waiting.delete(key);
      this.#handed.delete(waiting);
      this.#deadline.settled(waiting.stanza);
    }
    if (!this.#office.record.settle(delivery)) return;
    this.#office.events.emit({ type: "stanza.settled", kind: delivery.kind, id: reference.id, device: this.device });
  }
}

function referenceOf(stanza: Stanza): StanzaName {
  const { id = "", from, participant, recipient, type } = stanza.attrs;
  const { tag } = stanza;
  if (!isDeliveryKind(tag)) throw new Error(`<${tag}> is not owed to anyone`);
  return { kind: tag, id, from, participant, recipient, type };
}

// An edit in a channel has the id of the post it changes, which may be waiting still, as other edits may.
function keysOf(reference: StanzaName): string[] {
  const key = keyOf(reference);
  return reference.kind === "message" && isChannel(reference.from)
    ? Array.from({ length: 16 }, (_, at) => `${key}${"+".repeat(at)}`)
    : [key];
}

const isChannel = (jid: string | undefined): boolean => jid?.endsWith("@newsletter") ?? false;

function keyOf({ kind, id, from, participant, type }: StanzaName): string {
  return `${kind} ${id} ${from} ${participant} ${kind === "message" || kind === "status" ? "" : type}`;
}
