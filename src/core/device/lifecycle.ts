import type { Clock } from "../base/clock.ts";
import type { Connection, Hear } from "../ports/connector.ts";
import type { WayOut } from "../base/way-out.ts";
import { endEvents } from "../inbox/inbox.ts";
import type { ConnectionSlot } from "./connection-slot.ts";
import type { Log } from "../base/log.ts";
import { type Life, type LifeSignal, livePhases, type Phase, step } from "../model/phase.ts";
import type { Batch } from "../ports/ledger.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";

/** A connection that has not opened by then is given up: two known faults of Baileys never say that they failed. */
const openMs = 60_000;

/** Phases that outlive the process; of the others nothing is left but the wish. */
const settled: ReadonlySet<Phase> = new Set(["stopped", "passkey_required", "failed", "logged_out"]);
const asleep: Life = { phase: "stopped", reason: "shutdown" };

export interface LifecyclePorts {
  clock: Clock;
  log: Log;
  record: DeviceRecord;
  line: ConnectionSlot;
  /** How a connection that begins now leaves. */
  way: () => WayOut;
  /** The account was linked a moment ago. */
  isNew: () => boolean;
  turn: <T>(work: () => Promise<T>) => Promise<T>;
  write(batch: Batch): Promise<void>;
  /** The same, later when it cannot be now. */
  writeOrDefer(batch: Batch & { device: DeviceChange }): Promise<void>;
  /** For what a connection should have said and did not. */
  hear(signals: Parameters<Hear>[0], from: Connection): Promise<void>;
  /** It is in another phase now. */
  moved(before: Life, after: Life): void;
}

/** A device's phase: the one place where it changes, and what that does to its line. */
export class Lifecycle {
  /** The number to link by code with; undefined links by QR. */
  pairWith: string | undefined;
  #life: Life;
  /** As it was resumed, and has not dialled. */
  #resumed: Life | null = null;
  #cancelTimer = () => {};

  readonly #ports: LifecyclePorts;

  constructor(ports: LifecyclePorts) {
    this.#ports = ports;
    const { phase, reason } = ports.record;
    this.#life = settled.has(phase) ? { phase, reason } : asleep;
  }

  get now(): Life {
    return this.#life;
  }

  /**
   * Running before the process ended, running again: it waits until `dial` is called. False when WhatsApp demanded a
   * pause that is not over; then it dials by itself.
   */
  resume(): boolean {
    const { reason } = this.#ports.record;
    const rest = this.#restLeft();
    this.#life =
      rest > 0
        ? { phase: "restricted", reason, delay: rest }
        : { phase: "waiting", reason: this.#life.reason, delay: 0 };
    if (rest > 0) this.#wait(rest);
    else this.#resumed = this.#life;
    return rest <= 0;
  }

  /** Dials as it was resumed, unless something else happened to it meanwhile. */
  async dial(): Promise<void> {
    const { turn } = this.#ports;
    await turn(async () => {
      if (this.#life === this.#resumed) await this.move({ type: "timer" });
    });
  }

  /** Written, then told, then acted upon. */
  async move(signal: LifeSignal, change: DeviceChange = {}): Promise<void> {
    const before = this.#life;
    const after = step(before, signal);
    if (after === before) {
      if (Object.keys(change).length > 0) await this.#ports.write({ events: [], device: change });
      return;
    }
    const now = this.#ports.clock.now();
    const restUntil = after.phase === "restricted" ? now + (after.delay ?? 0) : null;
    const device = { ...change, phase: after.phase, reason: after.reason, since: now, restUntil };
    const told = signal.type === "closed" ? { failure: signal.failure, early: signal.early } : {};
    const batch = { events: endEvents(before, after, now, told), device };
    // A wish that cannot be written is refused; what has happened has happened.
    await (signal.type === "closed" || signal.type === "timer"
      ? this.#ports.writeOrDefer(batch)
      : this.#ports.write(batch));
    this.#life = after;
    this.#cancelTimer();
    this.#ports.moved(before, after);
    this.#act(signal, after);
  }

  /** Nothing happens by itself any more. */
  end(): void {
    this.#resumed = null;
    this.#cancelTimer();
  }

  #act(signal: LifeSignal, after: Life): void {
    if (!livePhases.has(after.phase)) this.#ports.line.hangUp();
    if (signal.type === "start" || signal.type === "timer") this.#dial();
    if (after.delay !== undefined) this.#wait(after.delay);
  }

  #wait(delay: number): void {
    this.#cancelTimer = this.#ports.clock.after(delay, () => this.#timeIsUp());
  }

  /** Of what WhatsApp demanded before the process ended; never more than that, wherever the clock was set. */
  #restLeft(): number {
    const { restUntil, since } = this.#ports.record;
    return restUntil === null ? 0 : Math.min(restUntil - this.#ports.clock.now(), restUntil - since);
  }

  #dial(): void {
    const life = this.#life;
    const { line, record, clock, way, isNew } = this.#ports;
    const options = () => ({
      way: way(),
      ...(this.pairWith !== undefined && !record.account ? { pairWith: this.pairWith } : {}),
      ...(isNew() ? { isNew: true } : {}),
    });
    line.dial(
      () => this.#life === life,
      options,
      (connection) => (this.#cancelTimer = clock.after(openMs, () => this.#wedged(connection))),
    );
  }

  /** Still starting after a minute: neither open nor closed nor showing a QR. */
  #wedged(connection: Connection): void {
    if (this.#life.phase !== "starting") return;
    const detail = "did not open in time";
    this.#ports.hear([{ type: "closed", code: 408, origin: "local", detail }], connection).catch(() => {});
  }

  #timeIsUp(): void {
    const { turn, log, record } = this.#ports;
    turn(() => this.move({ type: "timer" })).catch((error: unknown) => {
      log.error({ device: record.id, error: String(error) }, "a phase could not change");
    });
  }
}
