import { Attempts } from "./attempts.ts";
import { batchOf } from "../inbox/batch.ts";
import { closeAction } from "../policy/closing.ts";
import { earlyEnd, earlyMs } from "../policy/early-end.ts";
import type { Clock } from "../base/clock.ts";
import type { Account } from "../model/account.ts";
import {
  type Connection,
  type Connector,
  isFact,
  type Signal,
  type SignalOf,
  type WithVault,
} from "../ports/connector.ts";
import { EagerFiles } from "../media/eager-files.ts";
import { Failure } from "../base/failure.ts";
import type { Judge } from "../policy/governor.ts";
import type { MessageLookups } from "../inbox/entry.ts";
import type { MediaService } from "../media/media-service.ts";
import { ContactEvents } from "../inbox/contact-events.ts";
import { LifeLog } from "./life-log.ts";
import type { StartQueue } from "./start-queue.ts";
import { PersonDirectory } from "../identity/person-directory.ts";
import { Lifecycle } from "./lifecycle.ts";
import { ConnectionSlot } from "./connection-slot.ts";
import type { Log } from "../base/log.ts";
import type { Pace } from "../policy/pace.ts";
import { type PasskeyCalls, type PasskeyEnd, passkeyRefusal } from "../model/passkey.ts";
import { type Life, type LifeSignal, livePhases, type Reason } from "../model/phase.ts";
import type { ChosenProxy, ProxyStatus } from "../model/proxy-server.ts";
import { SendPolicy } from "../policy/send-policy.ts";
import { DeviceWriter, type DeviceWriterPorts } from "./device-writer.ts";
import { Sender } from "../sending/sender/sender.ts";
import { deviceEvent } from "../model/events/device-event.ts";
import type { VaultBatch } from "../ports/vault.ts";
import type { MovedSession } from "../ports/moving.ts";
import type { Traveller, WayOut } from "../base/way-out.ts";
import type { WaysOut } from "../ports/ways-out.ts";
import type { DeviceProxies } from "./device-proxies.ts";
import { Turns } from "../base/turns.ts";
import { Showing } from "./showing.ts";
import type { Batch } from "../ports/ledger.ts";
import type { DeviceChange, DeviceRecord } from "../ports/devices.ts";
import type { OfflineQueueFigures } from "../model/offline-queue.ts";
import type { WebVersionFigures } from "../model/web-version.ts";
import type { SeenNames } from "../model/person.ts";
import type { Hold } from "../ports/hold.ts";
import { Watchers } from "../base/watchers.ts";

/** A connection that held so long starts the backoff anew. */
const stableMs = 60_000;

export interface Ports extends DeviceWriterPorts {
  /** WhatsApp, once it is at hand. */
  connector: () => Promise<Connector>;
  clock: Clock;
  log: Log;
  pace: Pace | null;
  judge: Judge;
  media: MediaService;
  proxies: DeviceProxies;
  ways: WaysOut;
  /** Fetch files as soon as their messages come. */
  eagerMedia: () => boolean;
}

/**
 * Brings one device to the phase its owner wants and keeps it there. Everything that happens to the device goes
 * through one queue, is written first and told afterwards; a connection that was replaced is no longer heard.
 */
export class Supervisor {
  readonly policy: SendPolicy;
  readonly sender: Sender;
  /** Who is who. */
  readonly people: PersonDirectory;
  /** Resolve when something changed: the life, or a message of the device. */
  readonly changes = new Watchers();
  readonly showing = new Showing();
  /** The number, in digits, that the operator wants linked by code; undefined links by QR. */
  linkWith: string | undefined;
  readonly #lifecycle: Lifecycle;
  readonly #line: ConnectionSlot;
  readonly #turns = new Turns();
  #cancelStable = () => {};
  readonly #attempts: Attempts;
  readonly #writer: DeviceWriter;
  readonly #lifeLog: LifeLog;
  readonly #files: EagerFiles;
  readonly #contactEvents: ContactEvents;
  /** The proxy that the last connection left by. */
  #leftBy: ChosenProxy | null = null;
  /** When an account was linked to it; null where that is longer ago than this process. */
  #linkedAt: number | null = null;
  #proxyTrouble: string | null = null;

  readonly #ports: Ports;
  readonly #hold: Hold;

  constructor(
    ports: Ports,
    hold: Hold,
    readonly record: DeviceRecord,
    maxRounds: number | null,
  ) {
    this.#ports = ports;
    this.#hold = hold;
    this.#attempts = new Attempts(maxRounds);
    this.people = new PersonDirectory(ports.store.persons, hold.device);
    this.#writer = new DeviceWriter(ports, hold, record, this.people);
    this.#lifeLog = new LifeLog(ports, record);
    this.policy = new SendPolicy(ports, hold, record);
    this.#contactEvents = new ContactEvents(ports.store.contacts, hold.device);
    const { policy } = this;
    const turn = <T>(work: () => Promise<T>): Promise<T> => this.#inTurn(work);
    const write = (batch: Batch) => this.#write(batch);
    this.#line = new ConnectionSlot(ports.connector, hold, {
      turn,
      hear: (signals, isCurrent, withVault) => this.#hear(signals, isCurrent, withVault),
    });
    this.#lifecycle = new Lifecycle({
      ...ports,
      record,
      line: this.#line,
      way: () => this.#way(),
      isNew: () => this.#linkedFor < earlyMs,
      turn,
      write,
      writeOrDefer: (batch) => this.#writer.writeOrDefer(batch),
      hear: (signals, from) => this.#hear(signals, () => this.#line.current === from),
      moved: (before, after) => this.#moved(before, after),
    });
    this.#files = new EagerFiles({ ...ports, record: (batch) => turn(() => write(batch)) }, hold.device);
    const me = () => this.record.account?.jid ?? "";
    this.sender = new Sender({ ...ports, policy, me, turn, write }, hold);
  }

  /** The open connection. Throws `not_linked` and `unavailable`. */
  get open(): Connection {
    const { current } = this.#line;
    if (current && this.phase.phase === "connected") return current;
    if (!this.record.account)
      throw new Failure("not_linked", "This device is not linked to WhatsApp yet. Scan its QR code first.");
    throw new Failure("unavailable", "This device is not connected to WhatsApp just now; try again.", {
      retryAfter: 5,
    });
  }

  /** Of the connection there is, if there is one. */
  get offlineQueue(): OfflineQueueFigures | null {
    return this.#line.current?.offlineQueue ?? null;
  }

  /** Which WhatsApp Web it says it is, or said last; null before the first connection. */
  get version(): WebVersionFigures | null {
    return this.#line.version;
  }

  /** What may be done about a ceremony with a passkey; null while none runs. */
  get passkey(): PasskeyCalls | null {
    return this.showing.passkey && (this.#line.current?.passkey ?? null);
  }

  /** Ends the ceremony that runs. */
  cancelPasskey(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.showing.passkey) await this.#passkeyEnded("passkey_cancelled", "cancelled");
    });
  }

  get missingFiles(): number {
    return this.#line.current?.missingFiles ?? 0;
  }

  /** Leaves no trace of what is not kept any more, in memory or in what the connection holds on disk. */
  async tidy(): Promise<void> {
    this.#ports.forgotten();
    await this.#line.current?.tidy();
  }

  /** Writes what follows from a call. */
  note(batch: Batch): Promise<void> {
    return this.#inTurn(() => this.#write(batch));
  }

  /** Takes word of who is who, as if a connection had told it. */
  learn(names: readonly SeenNames[]): Promise<void> {
    return this.#hear([{ type: "learned", contacts: [], history: [], names }], () => true);
  }

  /** Writes what follows from how things stand, which `look` finds out within the turn. */
  decide(look: () => Promise<Batch | null>): Promise<void> {
    return this.#inTurn(async () => {
      const batch = await look();
      if (batch) await this.#write(batch);
    });
  }

  get phase(): Life {
    return this.#lifecycle.now;
  }

  /** Nobody has asked anything of it yet. */
  get wasNeverStarted(): boolean {
    return this.phase.phase === "stopped" && this.record.since === this.record.createdAt;
  }

  /** Goes on as before the process ended, when `queue` lets it dial. */
  resume(queue: StartQueue): void {
    if (this.phase.phase === "logged_out")
      this.#inTurn(() => this.#forgetCredentials()).catch((error: unknown) => {
        this.#ports.log.error({ device: this.record.id, error: String(error) }, "old keys could not be removed");
      });
    if (this.#lifecycle.resume()) queue.add(() => this.#dial());
    this.sender.wake();
  }

  /** Resolves when it is open, or has ended its attempt. */
  async #dial(): Promise<void> {
    const further = Promise.withResolvers<void>();
    const stop = this.changes.listen(() => {
      if (this.phase.phase !== "starting") further.resolve();
    });
    await this.#lifecycle.dial().catch((error: unknown) => {
      this.#ports.log.error({ device: this.record.id, error: String(error) }, "a phase could not change");
    });
    if (this.phase.phase === "starting") await further.promise;
    stop();
  }

  start(pairWith?: string): Promise<void> {
    return this.#inTurn(async () => {
      // A start would end it, and its signature with it.
      if (this.showing.passkey) return;
      this.#lifecycle.pairWith = pairWith ?? (this.wasNeverStarted ? this.linkWith : undefined);
      this.#attempts.reset();
      if (this.phase.phase === "logged_out") await this.#forgetCredentials();
      await this.#lifecycle.move({ type: "start" }, { wanted: "running" });
    });
  }

  /** The proxy that it leaves by, as it is shown. */
  get proxy(): ProxyStatus | null {
    const status = this.#ports.proxies.status(this.#traveller);
    return status && { ...status, trouble: this.#proxyTrouble };
  }

  /**
   * Takes over the keys of another server, in one transaction with the account. It is stopped then. Throws `conflict` while an
   * account is linked.
   */
  async moveIn({ account, vault }: MovedSession): Promise<void> {
    await this.#inTurn(async () => {
      this.#needUnlinked();
      await this.#lifecycle.move({ type: "move_in" }, { wanted: "stopped" });
    });
    // Outside the turn: closing waits for what the connection still has to report.
    await this.#line.ended;
    await this.#inTurn(async () => {
      this.#needUnlinked();
      await this.#forgetCredentials();
      const { jid, lid } = account;
      const events = [deviceEvent("device.paired", this.#ports.clock.now(), { jid, lid })];
      await this.#write({ events, device: await this.#linkedTo(account) }, (write) => write(vault));
      this.#attempts.movedIn();
      this.changes.notify();
    });
  }

  /** What the device holds to go on elsewhere. Throws `conflict` unless it is stopped and linked. */
  moveOut(): Promise<{ credentials: string; keys: NonNullable<VaultBatch["keys"]> }> {
    return this.#inTurn(async () => {
      const { phase } = this.phase;
      if (phase !== "stopped" && phase !== "failed")
        throw new Failure("conflict", "Stop this device first: what it holds changes with each message.");
      await this.#line.ended;
      const vault = await this.#ports.store.vaults.open(this.#hold);
      const { credentials, keys } = await vault.everything();
      await vault.close();
      if (credentials === null) throw new Failure("not_linked", "No account is linked to this device.");
      return { credentials, keys };
    });
  }

  #needUnlinked(): void {
    if (this.record.account)
      throw new Failure("conflict", "This device is linked already: import into another one, or log it out first.");
  }

  /** Connects anew when the device leaves by another proxy than its connection does. */
  async reroute(): Promise<void> {
    const { proxies, ways } = this.#ports;
    await this.#inTurn(async () => {
      if (proxies.isStill(this.#leftBy, this.#traveller)) return;
      this.#leftBy = proxies.of(this.#traveller);
      ways.forget(this.record.uid);
      const { phase, reason } = this.phase;
      // What waits for a passkey goes on over no other connection, and this one left by the way of before.
      if (this.showing.passkey) return this.#passkeyEnded("passkey_lost", "the proxy was changed");
      if (phase === "passkey_required") return this.#line.hangUp();
      const waitsForTheLine = phase === "waiting" && (reason === "connection_lost" || reason.startsWith("proxy_"));
      if (waitsForTheLine) await this.#lifecycle.move({ type: "timer" });
      const verdict = { next: "retry", reason: "proxy_changed", delay: 0 } as const;
      if (livePhases.has(phase)) await this.#lifecycle.move({ type: "closed", verdict });
    });
  }

  get #traveller(): Traveller {
    const { tenant, uid } = this.record;
    return { tenant, device: uid };
  }

  #way(): WayOut {
    this.#leftBy = this.#ports.proxies.of(this.#traveller);
    return this.#ports.ways.of(this.#traveller);
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#lifecycle.move({ type: "stop" }, { wanted: "stopped" }));
  }

  /** The process ends: the connection closes, the wish stays. */
  async shutdown(): Promise<void> {
    this.#lifecycle.end();
    this.#cancelStable();
    this.sender.end();
    this.#line.hangUp();
    await this.#line.ended;
    await this.#turns.idle();
  }

  /** Links anew by code: a fresh attempt with its full time, whatever was shown before. */
  async linkByCode(phone: string): Promise<void> {
    if (this.phase.phase === "connected")
      throw new Failure("already_connected", "This device is linked already; log it out first.");
    await this.#inTurn(async () => {
      const refusal = this.showing.passkey && passkeyRefusal(this.phase.phase, this.showing.passkey);
      if (refusal) throw refusal;
      await this.#lifecycle.move({ type: "stop" });
    });
    await this.start(phone);
  }

  async logout(): Promise<void> {
    // Outside the turn: closing waits for what the connection still has to report.
    await this.#line.logout();
    await this.#inTurn(async () => {
      await this.#lifecycle.move(
        { type: "logged_out" },
        { ...this.#unlinked("logged_out"), wanted: "stopped", ...this.policy.reset() },
      );
      await this.#forgetCredentials();
    });
  }

  /** What a connection hears. One that was replaced may still tell facts, but nothing about the device's life. */
  #hear(signals: readonly Signal[], isCurrent: () => boolean, withVault?: WithVault): Promise<void> {
    return this.#inTurn(async () => {
      const heard = isCurrent() ? signals : signals.filter(isFact);
      const { isRestricted } = this.policy;
      await this.#write(await this.#batchOf(heard), withVault).catch(async (error: unknown) => {
        this.#contactEvents.forget();
        // That the connection is over is so, whatever the disk says.
        for (const signal of heard) if (signal.type === "closed") await this.#react(signal);
        throw error;
      });
      for (const signal of heard) await this.#react(signal);
      if (isRestricted !== this.policy.isRestricted) await this.#restrictionChanged();
      this.sender.held.heard();
      this.changes.notify();
    });
  }

  #batchOf(signals: readonly Signal[]): Promise<Batch> {
    const { store, clock } = this.#ports;
    const known: MessageLookups = {
      sent: async (waId) => this.sender.sending(waId) ?? (await store.messages.byWaId(this.#hold.device, waId)),
      said: (name) => store.history.find(this.#hold.device, name),
      isOurs: (id) => store.history.isOurs(this.#hold.device, null, id),
      isSame: (one, other) => this.people.isSame(one, other),
    };
    const people = { directory: this.people, contacts: store.contacts, device: this.#hold.device };
    return batchOf(signals, known, this.policy, this.#contactEvents, people, clock);
  }

  async #restrictionChanged(): Promise<void> {
    this.#lifeLog.restricted(this.policy.isRestricted);
    // What waits for the end of it may leave.
    if (!this.policy.isRestricted) await this.sender.held.reconsider();
  }

  async #react(signal: Signal): Promise<void> {
    switch (signal.type) {
      case "qr":
        this.showing.showQr(signal);
        return this.#lifecycle.move({ type: "qr" });
      case "pairing_code":
        this.showing.showCode(signal);
        return this.#lifecycle.move({ type: "pairing_code" });
      case "pairing_refused":
        this.showing.codeRefused = signal.error;
        this.#lifeLog.codeRefused(signal.error);
        return undefined;
      case "passkey_required":
        this.#lifeLog.passkey(signal.ceremony);
        return this.#lifecycle.move({ type: "passkey_required" });
      case "passkey_stage":
        this.showing.passkey = signal.ceremony;
        return undefined;
      case "passkey_ended":
        return this.#passkeyEnded(signal.reason, signal.detail);
      case "paired":
        this.#linkedAt = this.#ports.clock.monotonic();
        return this.#lifecycle.move({ type: "paired" }, await this.#linkedTo(signal));
      case "open":
        return this.#opened(signal);
      case "account":
        return this.#write({ events: [], device: await this.#linkedTo(signal) });
      case "closed":
        return this.#closed(signal);
      case "ack":
        return this.sender.answered(signal.waId, signal.error);
      case "receipt":
        return signal.waIds.forEach((waId) => this.sender.answered(waId));
      case "message":
        return this.#ports.eagerMedia() ? this.#files.came(signal.message) : undefined;
      case "time_lock":
      case "chat_cap":
        return this.sender.held.reconsider();
      default:
        return undefined;
    }
  }

  async #opened(signal: SignalOf<"open">): Promise<void> {
    const account = await this.#linkedTo(signal);
    await this.#lifecycle.move({ type: "open" }, { ...account, lastConnectAt: this.#ports.clock.now() });
    this.#attempts.opened();
    this.#proxyTrouble = null;
    this.#lifeLog.connected();
    this.#cancelStable = this.#ports.clock.after(stableMs, () => this.#attempts.stable());
    if (this.#line.current) await this.sender.open(this.#line.current);
    if (this.#ports.eagerMedia()) this.#files.catchUp();
  }

  /** Another account does not say what the one before it was to say. */
  async #linkedTo({ jid, lid, name }: Account): Promise<DeviceChange> {
    const account = { jid, lid, name };
    const { lastAccount: last } = this.record;
    // Either address may have been given anew.
    const isOther = last !== null && last.jid !== jid && (last.lid === null || last.lid !== lid);
    if (isOther) await this.sender.held.abandon();
    return { account, lastAccount: account, unlinked: null };
  }

  /** The account goes; which one it was, and why, stays told until another is linked. */
  #unlinked(reason: Reason, early?: string): DeviceChange {
    const { account } = this.record;
    const at = this.#ports.clock.now();
    return account ? { account: null, unlinked: { reason, at, ...(early !== undefined && { early }) } } : {};
  }

  /** Milliseconds since an account was linked, as far as this process knows. */
  get #linkedFor(): number {
    return this.#linkedAt === null ? Number.POSITIVE_INFINITY : this.#ports.clock.monotonic() - this.#linkedAt;
  }

  /** The next attempt begins with a new QR or code: nothing of the ceremony outlives its connection. */
  async #passkeyEnded(reason: PasskeyEnd, detail: string): Promise<void> {
    this.#lifeLog.passkeyEnded(reason, detail);
    await this.#lifecycle.move({ type: "passkey_ended", reason }, { wanted: "stopped" });
  }

  async #closed(signal: SignalOf<"closed">): Promise<void> {
    this.#line.hangUp();
    const { code, detail, proxy } = signal;
    if (this.showing.passkey) return this.#passkeyEnded("passkey_lost", `${signal.origin} ${code ?? ""} ${detail}`);
    this.#proxyTrouble = proxy ? detail : null;
    const byCode = this.#lifecycle.pairWith !== undefined;
    const meaning = closeAction(
      signal,
      this.#attempts.history(code, detail === "pairing_expired", byCode, this.#ports.clock.now()),
    );
    const early = meaning.next === "end" && this.record.account ? earlyEnd(signal, this.#linkedFor) : null;
    this.#lifeLog.closed(signal, this.phase.phase, meaning, this.version, early);
    const told = { ...(signal.failure && { failure: signal.failure }), ...(early !== null && { early }) };
    const closed = { type: "closed", verdict: meaning, ...told } as const;
    if (meaning.next === "end" && meaning.phase === "logged_out") return this.#removed(closed);
    const change: DeviceChange = meaning.next === "end" ? { wanted: "stopped" } : {};
    return this.#lifecycle.move(closed, change);
  }

  /** By the phone or by WhatsApp. A device that shows its QR until somebody scans begins anew by itself. */
  async #removed(closed: LifeSignal & { type: "closed" }): Promise<void> {
    const { isEndless } = this.#attempts;
    const pause = this.record.account ? 0 : this.#attempts.pauseOfRound();
    await this.#lifecycle.move(closed, {
      ...this.#unlinked(closed.verdict.reason, closed.early),
      wanted: isEndless ? "running" : "stopped",
      ...this.policy.reset(),
    });
    await this.#forgetCredentials();
    if (!isEndless) return;
    this.#lifecycle.pairWith = this.linkWith;
    await this.#lifecycle.move({ type: "relink", delay: pause });
  }

  #moved(before: Life, after: Life): void {
    this.showing.entered(after.phase);
    if (before.phase === "connected") {
      this.#cancelStable();
      this.sender.close();
    }
    this.changes.notify();
  }

  /**
   * Call it when it is written that the account went: else a process that ends in between knows neither. What it leaves
   * behind then is forgotten before the next connection.
   */
  async #forgetCredentials(): Promise<void> {
    const vault = await this.#ports.store.vaults.open(this.#hold);
    await vault.erase();
    await vault.close();
    await this.#ports.store.contactHistory.forget(this.#hold.device);
  }

  async #write(batch: Batch, withVault?: WithVault): Promise<void> {
    await this.#writer.write(batch, withVault);
    if (batch.messages?.length) this.changes.notify();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      try {
        return await work();
      } finally {
        this.#writer.publish();
      }
    });
  }
}
