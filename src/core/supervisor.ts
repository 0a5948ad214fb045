import { Attempts } from "./attempts.ts";
import { batchOf } from "./batch.ts";
import { verdict } from "./closing.ts";
import type { Clock } from "./clock.ts";
import { type Account, type Connection, type Connector, isFact, type Signal, type SignalOf } from "./connector.ts";
import { EagerFiles } from "./eager-files.ts";
import { Failure } from "./failure.ts";
import type { Judge } from "./governor.ts";
import type { Known } from "./entry.ts";
import { farewell } from "./inbox.ts";
import type { MediaDesk } from "./media-desk.ts";
import { Introductions } from "./introductions.ts";
import { Line } from "./line.ts";
import type { Log } from "./log.ts";
import type { Pace } from "./pace.ts";
import { type Life, type LifeSignal, livePhases, type Phase, step } from "./phase.ts";
import { Restraint } from "./restraint.ts";
import { Scribe, type ScribePorts } from "./scribe.ts";
import { Sender } from "./sender.ts";
import { Showing } from "./showing.ts";
import type { Batch, DeviceChange, DeviceRecord, Hold } from "./store.ts";
import { Watchers } from "./watchers.ts";

/** A connection that has not opened by then is given up: two known faults of Baileys never say that they failed. */
const openMs = 60_000;
/** A connection that held so long starts the backoff anew. */
const stableMs = 60_000;

export interface Ports extends ScribePorts {
  /** WhatsApp, once it is at hand. */
  connector: () => Promise<Connector>;
  clock: Clock;
  log: Log;
  pace: Pace | null;
  judge: Judge;
  media: MediaDesk;
  /** Fetch files as soon as their messages come. */
  eagerMedia: boolean;
}

/** Phases that outlive the process; of the others nothing is left but the wish. */
const settled: ReadonlySet<Phase> = new Set(["stopped", "passkey_required", "failed", "logged_out"]);
const asleep: Life = { phase: "stopped", reason: "shutdown" };

/**
 * Brings one device to the phase its owner wants and keeps it there. Everything that happens to the device goes
 * through one queue, is written first and told afterwards; a connection that was replaced is no longer heard.
 */
export class Supervisor {
  readonly restraint: Restraint;
  readonly sender: Sender;
  /** Resolve when something changed: the life, or a message of the device. */
  readonly changes = new Watchers();
  readonly showing = new Showing();
  private life: Life;
  private readonly line: Line;
  private turn: Promise<unknown> = Promise.resolve();
  private cancelTimer = () => {};
  private cancelStable = () => {};
  private pairWith: string | undefined;
  private readonly attempts: Attempts;
  private readonly scribe: Scribe;
  private readonly files: EagerFiles | null;
  private readonly introductions: Introductions;

  constructor(
    private readonly ports: Ports,
    private readonly hold: Hold,
    readonly record: DeviceRecord,
    maxRounds: number | null,
  ) {
    this.life = settled.has(record.phase) ? { phase: record.phase, reason: record.reason } : asleep;
    this.attempts = new Attempts(maxRounds);
    this.scribe = new Scribe(ports, hold, record);
    this.restraint = new Restraint(ports, hold, record);
    this.introductions = new Introductions(ports.store.contacts, hold.device);
    const { restraint } = this;
    const turn = <T>(work: () => Promise<T>): Promise<T> => this.inTurn(work);
    const write = (batch: Batch) => this.write(batch);
    const hear = (signals: readonly Signal[], isCurrent: () => boolean) => this.hear(signals, isCurrent);
    this.line = new Line(ports.connector, hold, { turn, hear });
    this.files = ports.eagerMedia
      ? new EagerFiles({ ...ports, record: (batch) => turn(() => write(batch)) }, hold.device)
      : null;
    const me = () => this.record.account?.jid ?? "";
    this.sender = new Sender({ ...ports, restraint, me, turn, write }, hold);
  }

  /** The open connection. Throws `not_linked` and `unavailable`. */
  get open(): Connection {
    const { current } = this.line;
    if (current && this.life.phase === "connected") return current;
    if (!this.record.account)
      throw new Failure("not_linked", "This device is not linked to WhatsApp yet. Scan its QR code first.");
    throw new Failure("unavailable", "This device is not connected to WhatsApp just now; try again.", {
      retryAfter: 5,
    });
  }

  /** Leaves no trace on disk of what is not kept any more; without a connection there is none. */
  async tidy(): Promise<void> {
    await this.line.current?.tidy();
  }

  /** Writes what follows from a call. */
  note(batch: Batch): Promise<void> {
    return this.inTurn(() => this.write(batch));
  }

  get phase(): Life {
    return this.life;
  }

  /** Running before the process ended, running again. Pauses first, so that many devices do not dial at once. */
  resume(delay: number): void {
    const { reason } = this.record;
    const rest = this.restLeft();
    this.life =
      rest > delay
        ? { phase: "restricted", reason, delay: rest }
        : { phase: "waiting", reason: this.life.reason, delay };
    this.cancelTimer = this.ports.clock.after(Math.max(rest, delay), () => this.signal({ type: "timer" }));
    this.sender.wake();
  }

  /** Of what WhatsApp demanded before the process ended; never more than that, wherever the clock was set. */
  private restLeft(): number {
    const { restUntil, since } = this.record;
    return restUntil === null ? 0 : Math.min(restUntil - this.ports.clock.now(), restUntil - since);
  }

  start(pairWith?: string): Promise<void> {
    this.pairWith = pairWith;
    this.attempts.reset();
    return this.inTurn(() => this.move({ type: "start" }, { wanted: "running" }));
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.move({ type: "stop" }, { wanted: "stopped" }));
  }

  /** The process ends: the connection closes, the wish stays. */
  async shutdown(): Promise<void> {
    this.cancelTimer();
    this.cancelStable();
    this.sender.end();
    this.line.hangUp();
    await this.line.ended;
    await this.turn.catch(() => {});
  }

  /** Links anew by code: a fresh attempt with its full time, whatever was shown before. */
  async linkByCode(phone: string): Promise<void> {
    if (this.life.phase === "connected")
      throw new Failure("already_connected", "This device is linked already; log it out first.");
    await this.inTurn(() => this.move({ type: "stop" }));
    await this.start(phone);
  }

  async logout(): Promise<void> {
    const connection = await this.inTurn(async () => this.line.take());
    // Outside the turn: closing waits for what the connection still has to report.
    await connection?.logout();
    await this.inTurn(async () => {
      await this.forgetCredentials();
      await this.move({ type: "logged_out" }, { account: null, wanted: "stopped", ...this.restraint.reset() });
    });
  }

  /** What a connection hears. One that was replaced may still tell facts, but nothing about the device's life. */
  private hear(signals: readonly Signal[], isCurrent: () => boolean): Promise<void> {
    return this.inTurn(async () => {
      const heard = isCurrent() ? signals : signals.filter(isFact);
      await this.write(await this.batchOf(heard)).catch((error: unknown) => {
        this.introductions.forget();
        throw error;
      });
      for (const signal of heard) await this.react(signal);
      this.sender.waitingRoom.heard();
      this.changes.notify();
    });
  }

  private batchOf(signals: readonly Signal[]): Promise<Batch> {
    const { store, clock } = this.ports;
    const known: Known = {
      sent: async (waId) => this.sender.sending(waId) ?? (await store.messages.byWaId(this.hold.device, waId)),
      said: (chat, id) => store.history.find(this.hold.device, chat, id),
    };
    return batchOf(signals, known, this.restraint, this.introductions, clock);
  }

  private async react(signal: Signal): Promise<void> {
    switch (signal.type) {
      case "qr":
        this.showing.showQr(signal);
        return this.move({ type: "qr" });
      case "pairing_code":
        this.showing.showCode(signal);
        return this.move({ type: "pairing_code" });
      case "pairing_refused":
        this.showing.codeRefused = signal.error;
        return undefined;
      case "passkey_required":
        return this.move({ type: "passkey_required" });
      case "paired":
        return this.move({ type: "paired" }, await this.linkedTo(signal));
      case "open":
        return this.opened(signal);
      case "closed":
        return this.closed(signal);
      case "ack":
        return this.sender.answered(signal.waId);
      case "message":
        return this.files?.came(signal.message);
      case "time_lock":
      case "chat_cap":
        return this.sender.waitingRoom.reconsider();
      default:
        return undefined;
    }
  }

  private async opened(signal: SignalOf<"open">): Promise<void> {
    const account = await this.linkedTo(signal);
    await this.move({ type: "open" }, { ...account, lastConnectAt: this.ports.clock.now() });
    this.attempts.opened();
    this.cancelStable = this.ports.clock.after(stableMs, () => this.attempts.stable());
    if (this.line.current) await this.sender.open(this.line.current);
    this.files?.catchUp();
  }

  /** Another account does not say what the one before it was to say. */
  private async linkedTo({ jid, lid, name }: Account): Promise<DeviceChange> {
    const account = { jid, lid, name };
    const { lastAccount: last } = this.record;
    // Either address may have been given anew.
    const isOther = last !== null && last.jid !== jid && (last.lid === null || last.lid !== lid);
    if (isOther) await this.sender.waitingRoom.abandon();
    return { account, lastAccount: account };
  }

  private async closed(signal: SignalOf<"closed">): Promise<void> {
    this.line.hangUp();
    const { code, origin, detail } = signal;
    const byCode = this.pairWith !== undefined;
    const meaning = verdict(
      signal,
      this.attempts.history(code, detail === "pairing_expired", byCode, this.ports.clock.now()),
    );
    this.ports.log.info({ device: this.record.id, code, origin, detail, meaning }, "connection closed");
    const change: DeviceChange = meaning.next === "end" ? { wanted: "stopped" } : {};
    if (meaning.next === "end" && meaning.phase === "logged_out") {
      Object.assign(change, { account: null }, this.restraint.reset());
      await this.forgetCredentials();
    }
    await this.move({ type: "closed", verdict: meaning }, change);
  }

  /** The one place where the phase changes: written, then told, then acted upon. */
  private async move(signal: LifeSignal, change: DeviceChange = {}): Promise<void> {
    const before = this.life;
    const after = step(before, signal);
    if (after === before) {
      if (Object.keys(change).length > 0) await this.write({ events: [], device: change });
      return;
    }
    const now = this.ports.clock.now();
    const restUntil = after.phase === "restricted" ? now + (after.delay ?? 0) : null;
    const device = { ...change, phase: after.phase, reason: after.reason, since: now, restUntil };
    const batch = { events: farewell(before, after, now), device };
    // A wish that cannot be written is refused; what has happened has happened.
    await (signal.type === "closed" || signal.type === "timer" ? this.scribe.writeOrOwe(batch) : this.write(batch));
    this.life = after;
    this.act(signal, before, after);
    this.changes.notify();
  }

  private act(signal: LifeSignal, before: Life, after: Life): void {
    this.cancelTimer();
    if (after.phase !== "pairing") this.showing.clear();
    if (before.phase === "connected") {
      this.cancelStable();
      this.sender.close();
    }
    if (!livePhases.has(after.phase)) this.line.hangUp();
    if (signal.type === "start" || signal.type === "timer") this.dial();
    if (after.delay !== undefined)
      this.cancelTimer = this.ports.clock.after(after.delay, () => this.signal({ type: "timer" }));
  }

  private dial(): void {
    const { life } = this;
    const options = () => (this.pairWith !== undefined && !this.record.account ? { pairWith: this.pairWith } : {});
    this.line.dial(
      () => this.life === life,
      options,
      (connection) => (this.cancelTimer = this.ports.clock.after(openMs, () => this.wedged(connection))),
    );
  }

  /** Still starting after a minute: neither open nor closed nor showing a QR. */
  private wedged(connection: Connection): void {
    if (this.life.phase !== "starting") return;
    const closed: Signal = { type: "closed", code: 408, origin: "local", detail: "did not open in time" };
    this.hear([closed], () => this.line.current === connection).catch(() => {});
  }

  private signal(signal: LifeSignal): void {
    this.inTurn(() => this.move(signal)).catch((error: unknown) => {
      this.ports.log.error({ device: this.record.id, error: String(error) }, "a phase could not change");
    });
  }

  private async forgetCredentials(): Promise<void> {
    const vault = await this.ports.store.vaults.open(this.hold);
    await vault.erase();
    await vault.close();
    await this.ports.store.acquaintances.forget(this.hold.device);
  }

  private async write(batch: Batch): Promise<void> {
    await this.scribe.write(batch);
    if (batch.messages?.length) this.changes.notify();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work, work).finally(() => this.scribe.tell());
    this.turn = mine.catch(() => {});
    return mine;
  }
}
