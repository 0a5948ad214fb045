import type { AcquaintanceChange } from "../ports/acquaintances.ts";
import type { Clock } from "../base/clock.ts";
import type { Signal } from "../ports/connector.ts";
import { contactHoldMs, type Judge, type SendVerdict } from "./governor.ts";
import type { Message } from "../model/message/message.ts";
import { type Outcome, waits } from "./outcome.ts";
import { isPersonJid } from "../model/recipient.ts";
import { afterTimeLock, asking, lockRanOut } from "./time-lock.ts";
import { type Standing, unrestricted } from "../model/standing.ts";
import { steady } from "../base/steady.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";
import type { Hold } from "../ports/hold.ts";
import type { Store } from "../ports/store.ts";

/** WhatsApp's answer to a message it does not take because of whom it is for. */
const refusal = "463";

export interface RestraintPorts {
  store: Store;
  clock: Clock;
  judge: Judge;
}

/** The part of a batch that follows from what WhatsApp said about the account. */
export interface Consequence extends Outcome {
  acquaintances: AcquaintanceChange[];
  device: DeviceChange;
}

/** Knows what WhatsApp lets the account of a device do, and says of each message whether it may leave. */
export class Restraint {
  /** Milliseconds since 1970 that no setting of the clock moves: what releases are planned by. */
  readonly now: () => number;
  private standing: Standing;
  /** Refusals in a row whose question WhatsApp did not answer. */
  private unanswered = 0;
  /** Strangers to whom it refused a message, until it says whether that was about them or about the account. */
  private readonly refused = new Set<string>();

  constructor(
    private readonly ports: RestraintPorts,
    private readonly hold: Hold,
    private readonly record: DeviceRecord,
  ) {
    this.now = steady(ports.clock);
    this.standing = record.standing;
  }

  async verdict(chat: string): Promise<SendVerdict> {
    const { account } = this.record;
    const isPerson = isPersonJid(chat) && chat !== account?.jid && chat !== account?.lid;
    const known = await this.ports.store.acquaintances.get(this.hold.device, chat);
    const { heardAt, saidAt, heldUntil } = known ?? { heardAt: null, saidAt: null, heldUntil: null };
    return this.ports.judge({ isPerson, heardAt, saidAt, heldUntil }, this.standing, this.now());
  }

  /** What a signal means for messages that wait; null when it means nothing to them. */
  async consequence(signal: Signal, sent: (waId: string) => Promise<Message | null>): Promise<Consequence | null> {
    if (signal.type === "time_lock") return this.told(signal.until);
    if (signal.type === "chat_cap") return this.stands({ ...this.standing, cappedUntil: this.steadied(signal.until) });
    if (signal.type !== "ack" || signal.error !== refusal) return null;
    const message = await sent(signal.waId);
    const open = message?.state === "queued" || message?.state === "sending";
    return message && open ? this.refusedTo(message, signal.at) : null;
  }

  /** True while a question is on its way. */
  get isAsking(): boolean {
    return this.standing.askingUntil !== null && this.standing.askingUntil > this.now();
  }

  /** When the lock has run out by our clock: what to write before WhatsApp is asked whether it is over. */
  question(): Consequence | null {
    if (!lockRanOut(this.standing, this.now())) return null;
    return this.stands(asking({ ...this.standing, lockedUntil: null }, this.now(), 0));
  }

  /** The account is no longer linked. */
  reset(): DeviceChange {
    this.refused.clear();
    return this.stands(unrestricted).device;
  }

  private async refusedTo(message: Message, at: number): Promise<Consequence> {
    const now = this.now();
    const { chat } = message;
    const { lane } = await this.verdict(chat);
    // One who knows us was refused for a reason of their own: no lock explains it.
    if (lane === "cold") this.refused.add(chat);
    if (!this.isAsking) this.standing = asking(this.standing, now, this.unanswered++);
    const wait = { until: this.standing.askingUntil ?? now, reason: "asking_whatsapp" } as const;
    return {
      ...this.stands(this.standing),
      ...waits(message, wait, now, at),
      acquaintances: [{ chat, heldUntil: now + contactHoldMs }],
    };
  }

  private told(until: number | null): Consequence {
    const end = this.steadied(until);
    // The account is locked, so it was not about them.
    const acquaintances = end === null ? [] : [...this.refused].map((chat) => ({ chat, heldUntil: null }));
    this.refused.clear();
    this.unanswered = 0;
    return { ...this.stands(afterTimeLock(this.standing, end, this.now(), Math.random())), acquaintances };
  }

  /** A moment of the wall clock as one of ours. */
  steadied<T extends number | null>(at: T): T {
    return (at === null ? null : this.now() + at - this.ports.clock.now()) as T;
  }

  /** What our time has on the wall clock, in whole seconds, so that what is to leave together does. */
  get ahead(): number {
    return Math.round((this.now() - this.ports.clock.now()) / 1000) * 1000;
  }

  /** The same of a moment that a message is scheduled for. */
  planned(at: number): number {
    return at + this.ahead;
  }

  private stands(standing: Standing): Consequence {
    this.standing = standing;
    return { events: [], messages: [], acquaintances: [], device: { standing } };
  }
}
