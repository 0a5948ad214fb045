import { Failure } from "./failure.ts";
import type { Wait } from "./governor.ts";
import type { Clock } from "./clock.ts";
import type { Message } from "./message.ts";
import { cancelled, failed, type Outcome, released, together, waits } from "./outcome.ts";
import type { Restraint } from "./restraint.ts";
import type { Batch, Hold, Store } from "./store.ts";

/** How many are looked at in one transaction. */
const slice = 100;
/** A timer is never set for longer, so that none overflows. */
const longestNap = 24 * 3_600_000;

export interface WaitingRoomPorts {
  store: Store;
  clock: Clock;
  restraint: Restraint;
  /** Runs `work` while nothing else happens to the device. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** Writes; within a turn. */
  write(batch: Batch): Promise<void>;
  /** Something may leave. */
  wake(): void;
}

/** Where messages wait until they may leave: put in, let out when it is time, or by hand, or given up. */
export class WaitingRoom {
  private cancelTimer = () => {};
  private occupied = true;

  constructor(
    private readonly ports: WaitingRoomPorts,
    private readonly hold: Hold,
  ) {}

  /** Judges again what is due and gives up what waited too long, then sets the timer for the next. True when anything changed. */
  async sift(connected: boolean): Promise<boolean> {
    const { store, restraint } = this.ports;
    for (let changed = false; ; changed = true) {
      const now = restraint.now();
      const { due, expiry } = await store.messages.moments(this.hold.device);
      this.occupied = due !== null;
      if (expiry !== null && expiry <= now) await this.ports.turn(() => this.giveUp(now));
      else if (connected && due !== null && due <= now) await this.ports.turn(() => this.judgeAgain(now));
      else {
        this.nap(Math.min(expiry ?? Infinity, connected ? (due ?? Infinity) : Infinity));
        return changed;
      }
    }
  }

  /** Within a turn. */
  async admit(message: Message, wait: Wait): Promise<void> {
    await this.ports.write(waits(message, wait, this.ports.restraint.now(), this.ports.clock.now()));
    this.occupied = true;
  }

  /** Judges a message that was just queued, so that its sender is told at once when it has to wait. */
  receive(id: string): Promise<Message> {
    return this.ports.turn(async () => {
      const message = await this.find(id);
      const verdict = await this.ports.restraint.verdict(message.chat);
      if (message.state !== "queued" || verdict.go) return message;
      await this.admit(message, verdict);
      return this.find(id);
    });
  }

  /** What WhatsApp lets the account do has changed: everybody is judged again. */
  async reconsider(): Promise<void> {
    await this.ports.store.messages.reconsider(this.hold, this.ports.restraint.now());
    this.ports.wake();
  }

  /** Somebody wrote: their message may be a reply now. */
  heard(): void {
    if (this.occupied) this.ports.wake();
  }

  /** Throws `not_found`, `conflict`. */
  cancel(id: string): Promise<Message> {
    return this.byHand(id, "cancelled", ["queued", "waiting"], cancelled);
  }

  /** Lets a waiting message out at somebody's word. Throws `not_found`, `conflict`. */
  async release(id: string): Promise<Message> {
    const message = await this.byHand(id, "released", ["waiting"], (each, at) => released(each, at, true));
    this.ports.wake();
    return message;
  }

  close(): void {
    this.cancelTimer();
  }

  private nap(until: number): void {
    this.cancelTimer();
    if (until === Infinity) return;
    const ms = Math.min(until - this.ports.restraint.now(), longestNap);
    this.cancelTimer = this.ports.clock.after(ms, () => this.ports.wake());
  }

  private async judgeAgain(now: number): Promise<void> {
    const { store, restraint, clock } = this.ports;
    const outcomes: Outcome[] = [];
    for (const message of await store.messages.due(this.hold.device, now, slice)) {
      const verdict = await restraint.verdict(message.chat);
      const at = clock.now();
      outcomes.push(verdict.go ? released(message, at, false) : waits(message, verdict, now, at));
    }
    await this.ports.write(together(outcomes));
  }

  private async giveUp(now: number): Promise<void> {
    const { store, clock } = this.ports;
    const late = await store.messages.expired(this.hold.device, now, slice);
    const error = "It could not leave within the time it was given (max_wait; a day for one that waits).";
    await this.ports.write(together(late.map((message) => failed(message, clock.now(), "expired", error))));
  }

  private byHand(
    id: string,
    deed: string,
    states: readonly Message["state"][],
    outcome: (message: Message, at: number) => Outcome,
  ): Promise<Message> {
    return this.ports.turn(async () => {
      const message = await this.find(id);
      if (!states.includes(message.state)) {
        const fit = states.join(" or ");
        throw new Failure("conflict", `This message is ${message.state}; only one that is ${fit} can be ${deed}.`);
      }
      await this.ports.write(outcome(message, this.ports.clock.now()));
      return this.find(id);
    });
  }

  private async find(id: string): Promise<Message> {
    const found = await this.ports.store.messages.get(this.hold.device, id);
    if (!found) throw new Failure("not_found", "There is no such message on this device.");
    return found;
  }
}
