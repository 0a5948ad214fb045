import { nameOfRef } from "../../model/message/message-name.ts";
import { assert, Failure } from "../../base/failure.ts";
import { isAction } from "../../model/content/action.ts";
import { priorities } from "../../model/waiting.ts";
import type { SendDecision } from "../../policy/governor.ts";
import type { Clock } from "../../base/clock.ts";
import { type Message, unanswered } from "../../model/message/message.ts";
import {
  cancelled,
  failed,
  type MessageEffects,
  quietly,
  released,
  scheduled,
  together,
  waits,
} from "../../policy/message-effects.ts";
import type { SendPolicy } from "../../policy/send-policy.ts";
import type { Batch } from "../../ports/ledger.ts";
import type { Hold } from "../../ports/hold.ts";
import type { Store } from "../../ports/store.ts";
import { endOfAlbum, endOfFile, filesOf, isAnnouncedAlbum } from "./albums.ts";

/** How many are looked at in one transaction. */
const slice = 100;
/** A timer is never set for longer, so that a clock that is put right is noticed. */
const longestNap = 10 * 60_000;
/** Milliseconds that a clock must be set by to be noticed. */
const noticed = 2_000;
const orphaned = "The device was linked to another account before it could leave.";
const pointless = "The message that it speaks of was deleted meanwhile.";

export interface HeldMessagesPorts {
  store: Store;
  clock: Clock;
  policy: SendPolicy;
  /** Runs `work` while nothing else happens to the device. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** Writes; within a turn. */
  write(batch: Batch): Promise<void>;
  /** Something may leave. */
  wake(): void;
}

/**
 * Where messages wait until they may leave: put in, let out when it is time, or by hand, or given up.
 *
 *     queued ─ holdBack: scheduled, or the policy says no → waiting
 *     waiting ─┬ its moment came, the policy says yes, or `release` → queued
 *              ├ still no → waiting, for the new reason, until the new moment
 *              └ `cancel` → cancelled · too late, the account or what it speaks of is gone → failed
 *
 * One timer stands for the earliest of all moments. States change within the device's turn only, and each change is
 * written with its event. A `scheduled` message has its `sendAt`; every other one that waits has none.
 */
export class HeldMessages {
  #cancelTimer = () => {};
  /** Something waits that a contact's word may let out. */
  #anyHeld = true;
  /** What our time had on the wall clock at the last look. */
  #ahead = 0;

  readonly #ports: HeldMessagesPorts;
  readonly #hold: Hold;

  constructor(ports: HeldMessagesPorts, hold: Hold) {
    this.#ports = ports;
    this.#hold = hold;
  }

  /**
   * Judges again what is due and gives up what waited too long, then sets the timer for the next. True when anything changed.
   * `confirm`, right before anything is judged: a lock that has run out is asked about. Null: not connected.
   */
  async processDue(confirm: (() => Promise<void>) | null): Promise<boolean> {
    const { store, policy } = this.#ports;
    await this.#followClock();
    for (let changed = false; ; changed = true) {
      await confirm?.();
      const now = policy.now();
      const { due, expiry, held } = await store.messages.moments(this.#hold.device);
      this.#anyHeld = held;
      if (expiry !== null && expiry <= now) await this.#ports.turn(() => this.#giveUp(now));
      else if (confirm && due !== null && due <= now) await this.#ports.turn(() => this.#judgeAgain(now));
      else {
        this.#scheduleWake(Math.min(expiry ?? Infinity, confirm ? (due ?? Infinity) : Infinity));
        return changed;
      }
    }
  }

  /**
   * The process may have begun with a wrong clock, as machines without a battery do. That it was behind is certain once
   * there are messages of its future; their moments are looked up again when somebody sets it.
   */
  async #followClock(): Promise<void> {
    const { store, policy } = this.#ports;
    const { ahead } = policy;
    if (Math.abs(ahead - this.#ahead) < noticed) return;
    this.#ahead = ahead;
    await this.#ports.turn(() => store.messages.replan(this.#hold, ahead, policy.now()));
  }

  /** Lets a queued message in that may not leave yet. True when it had to come in. Within a turn. */
  async holdBack(message: Message): Promise<boolean> {
    const { policy, clock } = this.#ports;
    assert(message.state === "queued", "only what is queued is held back");
    if (await this.#settleWithAlbum(message)) return true;
    const until = message.sendAt === null ? 0 : policy.planned(message.sendAt);
    if (until > policy.now()) {
      await this.#ports.write(scheduled(message, until, clock.now()));
      return true;
    }
    // What left before is the same message for WhatsApp, whoever it allows to be written to now.
    const isFree = message.forced || message.reason === unanswered;
    const decision = isFree ? null : await policy.decide(message.chat);
    if (!decision || decision.go) return false;
    await this.#ports.write(waits(message, decision, policy.now(), clock.now()));
    this.#anyHeld = true;
    return true;
  }

  /** A file whose album was not announced comes to the same end. */
  async #settleWithAlbum({ context, ...message }: Message): Promise<boolean> {
    const { store, clock } = this.#ports;
    if (context.album === undefined) return false;
    const album = await store.messages.byWaId(this.#hold.device, context.album);
    const effects = album && endOfFile({ context, ...message }, album, clock.now());
    if (!effects) return false;
    await this.#ports.write(effects);
    // The next file of its chat.
    this.#ports.wake();
    return true;
  }

  /** Judges a message that was just queued, so that its sender is told at once when it has to wait. */
  receive(id: string): Promise<Message> {
    return this.#ports.turn(async () => {
      const message = await this.#find(id);
      return message.state === "queued" && (await this.holdBack(message)) ? this.#find(id) : message;
    });
  }

  /** What WhatsApp lets the account do has changed: everybody is judged again. */
  async reconsider(): Promise<void> {
    await this.#ports.store.messages.reconsider(this.#hold, this.#ports.policy.now());
    this.#ports.wake();
  }

  /** Somebody wrote: their message may be a reply now. */
  heard(): void {
    if (this.#anyHeld) this.#ports.wake();
  }

  /** Throws `not_found`, `conflict`. */
  cancel(id: string): Promise<Message> {
    return this.#change(id, "cancelled", ["queued", "waiting"], cancelled);
  }

  /** Cancels all that has not left for a chat. */
  cancelChat(chat: string): Promise<void> {
    return this.#ports.turn(() => this.#clear(chat, cancelled));
  }

  /** Gives up all that has not left: the account that it was written for is another. Within a turn. */
  async abandon(): Promise<void> {
    await this.#ports.store.messages.requeue(this.#hold);
    await this.#clear(null, (message, at) => failed(message, at, "account_changed", orphaned));
  }

  /** Lets a waiting message out at somebody's word. Throws `not_found`, `conflict`. */
  async release(id: string): Promise<Message> {
    const message = await this.#change(id, "released", ["waiting"], (each, at) => {
      // One that only waits for its moment is released from that, not from what WhatsApp allows.
      if (each.sendAt === null) return released(each, at, { forced: true });
      const { expiresAt, notBefore } = each;
      const expiry = expiresAt === null ? {} : { expiresAt: expiresAt - notBefore + this.#ports.policy.now() };
      return released(each, at, { forced: false, ...expiry });
    });
    this.#ports.wake();
    return message;
  }

  /** Schedules it for another moment, milliseconds since 1970. Throws `not_found`, `conflict`. */
  async reschedule(id: string, sendAt: number): Promise<Message> {
    const message = await this.#change(id, "rescheduled", ["waiting"], (each, at) => {
      if (each.sendAt === null)
        throw new Failure("conflict", "This message waits for WhatsApp, not for a moment: release or cancel it.");
      if (each.content.kind === "edit" || each.content.kind === "delete")
        throw new Failure(
          "conflict",
          `WhatsApp takes a ${each.content.kind} for a while only: cancel it and send another.`,
        );
      return scheduled({ ...each, sendAt }, this.#ports.policy.planned(sendAt), at);
    });
    this.#ports.wake();
    return message;
  }

  close(): void {
    this.#cancelTimer();
  }

  async #clear(chat: string | null, outcome: (message: Message, at: number) => MessageEffects): Promise<void> {
    const { store, clock } = this.#ports;
    for (let count = slice; count === slice;) {
      const unsent = await store.messages.unsent(this.#hold.device, chat, slice);
      if (unsent.length > 0) await this.#ports.write(together(unsent.map((message) => outcome(message, clock.now()))));
      count = unsent.length;
    }
  }

  #scheduleWake(until: number): void {
    this.#cancelTimer();
    if (until === Infinity) return;
    const ms = Math.min(until - this.#ports.policy.now(), longestNap);
    this.#cancelTimer = this.#ports.clock.after(ms, () => this.#ports.wake());
  }

  async #judgeAgain(now: number): Promise<void> {
    const { store, policy, clock } = this.#ports;
    const outcomes: MessageEffects[] = [];
    for (const message of await store.messages.due(this.#hold.device, now, slice)) {
      const decision = await policy.decide(message.chat);
      const at = clock.now();
      if (await this.#isPointless(message)) outcomes.push(failed(message, at, "gone", pointless));
      else if (decision.go) outcomes.push(quietly(message, released(message, at, changeOf(decision))));
      else outcomes.push(waits(message, decision, now, at));
    }
    await this.#ports.write(together(outcomes));
  }

  /** True of what speaks of a message that was deleted while it waited. */
  async #isPointless({ content, chat }: Message): Promise<boolean> {
    if (!isAction(content) || !("target" in content)) return false;
    const target = await this.#ports.store.history.find(this.#hold.device, nameOfRef(chat, content.target));
    return target !== null && target.deletedAt !== null;
  }

  async #giveUp(now: number): Promise<void> {
    const { store, clock } = this.#ports;
    const late = await store.messages.expired(this.#hold.device, now, slice);
    const error = "It could not leave within the time it was given (max_wait; a day for one that waits).";
    await this.#ports.write(together(late.map((message) => failed(message, clock.now(), "expired", error))));
  }

  /** Of an album that is announced, those of its files that have not left. */
  #change(
    id: string,
    deed: string,
    states: readonly Message["state"][],
    outcome: (message: Message, at: number) => MessageEffects,
  ): Promise<Message> {
    const ports = this.#ports;
    const { messages } = ports.store;
    return ports.turn(async () => {
      const message = await this.#find(id);
      const files = await filesOf(message, messages);
      const at = ports.clock.now();
      if (isAnnouncedAlbum(message)) {
        const parts = files.filter((file) => !refusal(file, deed, ["queued", "waiting"]));
        if (!parts.some(({ state }) => states.includes(state)))
          throw new Failure("conflict", `This album is announced, and none of its files can be ${deed} any more.`);
        await ports.write(together(parts.map((file) => outcome(file, at))));
        const end = endOfAlbum(message, await filesOf(message, messages), at);
        if (end) await ports.write(end);
      } else {
        const refused = refusal(message, deed, states);
        if (refused) throw refused;
        if (message.context.album !== undefined)
          throw new Failure("conflict", `This file is part of an album: only all of it can be ${deed}, by its own id.`);
        await ports.write(together([message, ...files].map((each) => outcome(each, at))));
      }
      return this.#find(id);
    });
  }

  async #find(id: string): Promise<Message> {
    const found = await this.#ports.store.messages.get(this.#hold.device, id);
    if (!found) throw new Failure("not_found", "There is no such message on this device.");
    return found;
  }
}

/** Why a message cannot be changed at somebody's word; null when it can. */
function refusal({ state, reason }: Message, deed: string, states: readonly Message["state"][]): Failure | null {
  const fit = states.join(" or ");
  if (!states.includes(state))
    return new Failure("conflict", `This message is ${state}; only one that is ${fit} can be ${deed}.`);
  if (state !== "queued" || reason !== unanswered) return null;
  return new Failure("conflict", "This message left, and WhatsApp has not answered yet: delete it once it is sent.");
}

const changeOf = ({ priority }: SendDecision) => ({ forced: false, priority: priorities.indexOf(priority) });
