import { day, unixSeconds } from "../base/durations.ts";
import type { ContactHistoryChange } from "../ports/contact-history.ts";
import type { Clock } from "../base/clock.ts";
import type { Signal, SignalOf } from "../ports/connector.ts";
import { contactHoldMs, type Judge, type SendDecision } from "./governor.ts";
import type { Message } from "../model/message/message.ts";
import { type MessageEffects, waits } from "./message-effects.ts";
import { isPersonJid } from "../model/recipient.ts";
import { RefusedPeople } from "./refused-people.ts";
import { isProbing, type RestrictionChange, RestrictionWatch } from "./restriction.ts";
import { afterTimeLock, awaitingAnswer, lockRanOut } from "./time-lock.ts";
import { type AccountLimits, unrestricted } from "../model/account-limits.ts";
import { monotonicWallClock } from "../base/monotonic-wall-clock.ts";
import { deviceEvent } from "../model/events/device-event.ts";
import type { SendingFigures } from "../model/sending-figures.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";
import type { Hold } from "../ports/hold.ts";
import type { Store } from "../ports/store.ts";

const unsaidCapMs = day;
/** However long WhatsApp says. */
const longestHoldMs = 7 * day;

/** WhatsApp's answer to a message it does not take because of whom it is for. */
const refusal = "463";
/** The same because the account has used up its new chats (zapo, 2026-08). */
const capped = "475";
/** The same of an account that is restricted, and of somebody who takes nothing from it: many of those say as much. */
const aboutAccount: ReadonlySet<string> = new Set([refusal, capped, "402", "403"]);

export interface SendPolicyPorts {
  store: Store;
  clock: Clock;
  judge: Judge;
}

/** The part of a batch that follows from what WhatsApp said about the account. */
export interface PolicyEffects extends MessageEffects {
  contactHistory: ContactHistoryChange[];
  device: DeviceChange;
}

/** Knows what WhatsApp lets the account of a device do, and says of each message whether it may leave. */
export class SendPolicy {
  /** Milliseconds since 1970 that no setting of the clock moves: what releases are planned by. */
  readonly now: () => number;
  #limits: AccountLimits;
  /** Refusals in a row whose question WhatsApp did not answer. */
  #unanswered = 0;
  readonly #refusals = new RefusedPeople();
  readonly #restriction = new RestrictionWatch();

  readonly #ports: SendPolicyPorts;
  readonly #hold: Hold;
  readonly #record: DeviceRecord;

  constructor(ports: SendPolicyPorts, hold: Hold, record: DeviceRecord) {
    this.#ports = ports;
    this.#hold = hold;
    this.#record = record;
    this.now = monotonicWallClock(ports.clock);
    this.#limits = record.limits;
  }

  async decide(chat: string): Promise<SendDecision> {
    const isPerson = this.#isPerson(chat);
    const known = await this.#ports.store.contactHistory.get(this.#hold.device, chat);
    const { heardAt, saidAt, heldUntil } = known ?? { heardAt: null, saidAt: null, heldUntil: null };
    return this.#ports.judge({ isPerson, heardAt, saidAt, heldUntil }, this.#limits, this.now());
  }

  /** What a signal means for messages that wait; null when it means nothing to them. */
  async effects(signal: Signal, sent: (waId: string) => Promise<Message | null>): Promise<PolicyEffects | null> {
    if (signal.type === "time_lock") return this.#lockReported(signal.until);
    if (signal.type === "chat_cap")
      return this.#withLimits({ ...this.#limits, cappedUntil: this.onOurClock(signal.until) });
    if (signal.type === "token") return this.#releases(signal.chat);
    if (signal.type !== "ack" || signal.error === null || !aboutAccount.has(signal.error)) return null;
    const message = await sent(signal.waId);
    if (message?.state !== "queued" && message?.state !== "sending") return null;
    if (signal.error === refusal) return this.#refusedTo(message, signal);
    return signal.error === capped
      ? this.#cappedFor(message, signal.at)
      : this.#restrictedBy(message, signal.error, signal.at);
  }

  /** What a signal says of a restriction, beside what it means to its message: that one is over, or that one began. */
  async observe(signal: Signal, sent: (waId: string) => Promise<Message | null>): Promise<PolicyEffects | null> {
    if (signal.type === "receipt") this.#restriction.delivered(signal.waIds);
    if (signal.type !== "ack" || signal.error !== null) return null;
    const message = await sent(signal.waId);
    const change = message && this.#restriction.taken(message, this.#isPerson(message.chat), this.#limits, this.now());
    return change && this.#restrictionChanged(change, signal.at);
  }

  /** WhatsApp takes nothing from the account, as far as is known. */
  get isRestricted(): boolean {
    return this.#limits.restrictedUntil !== null;
  }

  /** One message at a time may try whether that is over. */
  get isProbing(): boolean {
    return isProbing(this.#limits, this.now());
  }

  /** True while a question is on its way. */
  get isAsking(): boolean {
    return this.#limits.askingUntil !== null && this.#limits.askingUntil > this.now();
  }

  /** When the lock has run out by our clock: what to write before WhatsApp is asked whether it is over. */
  question(): PolicyEffects | null {
    if (!lockRanOut(this.#limits, this.now())) return null;
    return this.#withLimits(awaitingAnswer({ ...this.#limits, lockedUntil: null }, this.now(), 0));
  }

  /** The account is no longer linked. */
  reset(): DeviceChange {
    this.#refusals.clear();
    this.#restriction.clear();
    return this.#withLimits(unrestricted).device;
  }

  #isPerson(chat: string): boolean {
    const { account } = this.#record;
    return isPersonJid(chat) && chat !== account?.jid && chat !== account?.lid;
  }

  /** Somebody gave their token: what is held back from them for want of one may leave. Null when nothing is. */
  async #releases(chat: string): Promise<PolicyEffects | null> {
    const { heldUntil = null } = (await this.#ports.store.contactHistory.get(this.#hold.device, chat)) ?? {};
    if (heldUntil === null || heldUntil <= this.now()) return null;
    return { ...this.#withLimits(this.#limits), contactHistory: [{ chat, heldUntil: null }] };
  }

  /** No new chats are left; until WhatsApp says for how long, strangers wait a day. */
  #cappedFor(message: Message, at: number): PolicyEffects {
    const now = this.now();
    const until = Math.max(this.#limits.cappedUntil ?? 0, now + unsaidCapMs);
    return {
      ...this.#withLimits({ ...this.#limits, cappedUntil: until }),
      ...waits(message, { until, reason: "capped" }, now, at),
    };
  }

  #restrictedBy(message: Message, code: string, at: number): PolicyEffects | null {
    const now = this.now();
    const { chat } = message;
    const change = this.#restriction.refused(chat, code, this.#isPerson(chat), this.#limits, now);
    if (!change) return null;
    const effects = this.#restrictionChanged(change, at);
    const until = change.limits.restrictedUntil ?? now;
    const held = { until: now + contactHoldMs, reason: "contact_held" } as const;
    const waiting = waits(message, change.held === null ? { until, reason: "restricted" } : held, now, at);
    return { ...effects, messages: waiting.messages, events: [...effects.events, ...waiting.events] };
  }

  #restrictionChanged({ limits, held, released }: RestrictionChange, at: number): PolicyEffects {
    const { restrictedUntil: before, restrictedBy: former } = this.#limits;
    const { restrictedUntil: until, restrictedBy } = limits;
    const effects = this.#withLimits(limits);
    const cause = restrictedBy ?? former;
    const shown = until === null ? null : unixSeconds(until - this.ahead);
    const event = { restricted: until !== null, cause: cause ?? "402", until: shown } as const;
    const isNews = until !== before && (until === null || before === null || before <= this.now());
    const contactHistory: ContactHistoryChange[] = released.map((chat) => ({ chat, heldUntil: null }));
    if (held !== null) contactHistory.push({ chat: held, heldUntil: this.now() + contactHoldMs });
    return { ...effects, events: isNews ? [deviceEvent("device.restricted", at, event)] : [], contactHistory };
  }

  async #refusedTo(message: Message, { at, otherName, backoff = 0 }: SignalOf<"ack">): Promise<PolicyEffects> {
    const now = this.now();
    const { chat } = message;
    const isStranger = (await this.decide(chat)).priority === "cold";
    const isAgain = otherName === "strangers" || (otherName === "acquaintances" && !isStranger);
    // Nobody answered the question before, so it is not known whether another name would have helped.
    const isUnexplained = this.#refusals.isUnexplained(chat) || (!this.isAsking && this.#unanswered > 0);
    const isUndecided = !isAgain && isUnexplained;
    this.#refusals.add(chat, { isStranger, isAgain, isUndecided });
    if (!this.isAsking) this.#limits = awaitingAnswer(this.#limits, now, this.#unanswered++);
    const wait = { until: this.#limits.askingUntil ?? now, reason: "asking_whatsapp" } as const;
    // An address mistake holds nobody, unless WhatsApp itself asks for a pause.
    const holdMs = Math.min(longestHoldMs, Math.max(backoff, isAgain ? 0 : contactHoldMs));
    return {
      ...this.#withLimits(this.#limits),
      ...waits(message, wait, now, at),
      contactHistory: holdMs > 0 ? [{ chat, heldUntil: now + holdMs }] : [],
    };
  }

  #lockReported(until: number | null): PolicyEffects {
    const end = this.onOurClock(until);
    const now = this.now();
    const limits = afterTimeLock(this.#limits, end, now, Math.random());
    const { released, held } = this.#refusals.answered(end !== null);
    const heldUntil = Math.min(now + contactHoldMs, limits.lockedUntil ?? Infinity);
    const contactHistory = [
      ...released.map((chat) => ({ chat, heldUntil: null })),
      ...held.map((chat) => ({ chat, heldUntil })),
    ];
    this.#unanswered = 0;
    return { ...this.#withLimits(limits), contactHistory };
  }

  /** A moment of the wall clock as one of ours. */
  onOurClock<T extends number | null>(at: T): T {
    return (at === null ? null : this.now() + at - this.#ports.clock.now()) as T;
  }

  /** What holds strangers back now, by the wall clock. */
  get holds(): Omit<SendingFigures, "pausedUntil"> {
    const now = this.now();
    const shown = (until: number | null) =>
      until === null || until <= now ? null : Math.round(until - now + this.#ports.clock.now());
    const { lockedUntil, askingUntil, cappedUntil, restrictedUntil } = this.#limits;
    return {
      lockedUntil: shown(lockedUntil),
      askingUntil: shown(askingUntil),
      cappedUntil: shown(cappedUntil),
      restrictedUntil: restrictedUntil === null || this.isProbing ? null : restrictedUntil - this.ahead,
      isProbing: this.isProbing,
    };
  }

  /** What our time has on the wall clock, in whole seconds, so that what is to leave together does. */
  get ahead(): number {
    return Math.round((this.now() - this.#ports.clock.now()) / 1000) * 1000;
  }

  /** The same of a moment that a message is scheduled for. */
  planned(at: number): number {
    return at + this.ahead;
  }

  #withLimits(limits: AccountLimits): PolicyEffects {
    this.#limits = limits;
    return { events: [], messages: [], contactHistory: [], device: { limits } };
  }
}
