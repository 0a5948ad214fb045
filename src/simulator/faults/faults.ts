import { CertificateAuthority } from "../noise/certificate.ts";
import type { Network } from "../network/network.ts";
import type { Random } from "../base/random.ts";
import type { DeviceConnection } from "../network/connection.ts";
import { type Addressing, SERVER } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import { type HostileFrame, hostileFrame } from "./hostile.ts";
import { type Ping, ping, type PingForm } from "./pings.ts";
import { type QuestionFault, QuestionFaults, type QuestionOptions } from "./questions.ts";
import { type FaultAction, type FaultOptions, type FaultPoint, FaultRule } from "../network/fault-rule.ts";

/** What the login of a device may be refused with: the attributes of `failure`. */
export type LoginFailure = { readonly reason: string } & Readonly<Record<string, string>>;

/** What the ack of a message may say beside its name, and beside the refusals that the server finds itself. */
export interface AckMarks {
  readonly error?: string;
  readonly phash?: string;
  readonly refresh_lid?: "true";
  readonly backoff?: string;
  readonly application_error?: string;
  readonly addressing_mode?: Addressing;
}

/** The two frames of a client's handshake. */
export type HandshakeStage = "hello" | "login";

declare module "../network/network.ts" {
  interface Network {
    faults: Faults;
  }
}

/** Everything that can go wrong on demand. */
export class Faults {
  readonly #network: Network;
  readonly #random: Random;
  readonly #rules: FaultRule[] = [];
  readonly #refusedUpgrades: number[] = [];
  readonly #handshakes: { stage: HandshakeStage; how: "cut" | "stall" }[] = [];
  readonly #ackMarks: Readonly<Record<string, string>>[] = [];
  readonly #failures: { readonly failure: LoginFailure; readonly device: string | undefined }[] = [];
  #forgeries = 0;
  #pings: Ping[] = [];
  readonly #questions: QuestionFaults;
  #busyUntil = 0;
  #busyCode: "429" | "500" | "503" = "503";
  /** The oldest revision of WhatsApp Web that may connect; an older one is told that it is outdated (405). */
  oldestRevision = 0;
  /** The oldest revision that a phone still links; an older one shows its QR and is told nothing (`oldestRevision` tells). */
  oldestLinkable = 0;

  constructor(network: Network) {
    this.#network = network;
    this.#random = network.random.fork("faults");
    this.#questions = new QuestionFaults(network.clock);
  }

  /** Lays a fault in wait. The returned rule tells how often it struck, and can be cancelled. */
  at(point: FaultPoint, action: FaultAction, options: FaultOptions = {}): FaultRule {
    const rule = new FaultRule(point, action, options);
    this.#rules.push(rule);
    return rule;
  }

  /** Answers the next WebSocket upgrades with an HTTP status instead. */
  refuseUpgrade(status: 401 | 403 | 405 | 429 | 500 | 503, times = 1): void {
    for (let at = 0; at < times; at++) this.#refusedUpgrades.push(status);
  }

  /** How many of the next upgrades will be refused. */
  get upgradesToRefuse(): number {
    return this.#refusedUpgrades.length;
  }

  /** Breaks off the next handshakes, or never goes on with them, at the client's hello or at its login payload. */
  breakHandshake(stage: HandshakeStage, how: "cut" | "stall", times = 1): void {
    for (let at = 0; at < times; at++) this.#handshakes.push({ stage, how });
  }

  /** The next connections meet a server whose certificate another root has signed; a client that goes on is a problem. */
  forgeCertificate(times = 1): void {
    this.#forgeries += times;
  }

  /** For the connection: the certificates of its handshake. */
  nextAuthority(): { authority: CertificateAuthority; isForged: boolean } {
    if (this.#forgeries === 0) return { authority: this.#network.authority, isForged: false };
    this.#forgeries--;
    return { authority: new CertificateAuthority(this.#random), isForged: true };
  }

  /** For the connection: what happens to a handshake at this stage. */
  nextHandshakeFault(stage: HandshakeStage): "cut" | "stall" | undefined {
    if (this.#handshakes[0]?.stage !== stage) return undefined;
    return this.#handshakes.shift()?.how;
  }

  /** Refuses the next logins, of one device or of all, with `failure`, such as `{ reason: "402", code: "101", expire: "3600" }`. */
  failLogin(failure: LoginFailure, times = 1, device?: string): void {
    for (let at = 0; at < times; at++) this.#failures.push({ failure, device });
  }

  /** The server does not take the next message stanzas: their acks carry this error (463, 479, …). */
  refuseMessages(code: string, times = 1): void {
    this.markAcks({ error: code }, times);
  }

  /**
   * The acks of the next message stanzas carry these too: `{ refresh_lid: "true" }`, `{ phash: "2:…" }`,
   * `{ error: "463", backoff: "30" }`, `{ addressing_mode: "lid" }`. With an `error` the message is not taken.
   */
  markAcks(marks: AckMarks, times = 1): void {
    for (let at = 0; at < times; at++) this.#ackMarks.push({ ...marks });
  }

  /** For the server: what the ack of the next message carries. */
  nextAckMarks(): Readonly<Record<string, string>> | undefined {
    const isBusy = this.#busyUntil > this.#network.clock.now;
    return this.#ackMarks.shift() ?? (isBusy ? { error: this.#busyCode } : undefined);
  }

  /** Refuses questions, or leaves them unanswered, for a while; returns the function that ends it. */
  refuseQuestions(fault: QuestionFault, options: QuestionOptions = {}): () => void {
    return this.#questions.add(fault, options);
  }

  /** For the server: what a question gets instead of its answer. */
  nextQuestionFault(iq: Stanza): QuestionFault | undefined {
    const isBusy = this.#busyUntil > this.#network.clock.now;
    return this.#questions.next(iq) ?? (isBusy && iq.attrs["xmlns"] !== "w:p" ? this.#busyCode : undefined);
  }

  /** For so many milliseconds the server answers every question and message but pings with an error. */
  busy(forMs: number, code: "429" | "500" | "503" = "503"): void {
    this.#busyUntil = this.#network.clock.now + forMs;
    this.#busyCode = code;
  }

  /** Pings one device, or all that are online. */
  ping(form: PingForm = "bare", device?: string): Ping[] {
    const sent = this.#connections(device).map((one) => ping(one, form));
    this.#pings = [...this.openPings, ...sent];
    return sent;
  }

  /** Pings that clients have yet to answer. */
  get openPings(): Ping[] {
    return this.#pings.filter((one) => one.isOpen());
  }

  /** Tells clients that something they keep may be out of date: `groups`, `account_sync`, `syncd_app_state`, … */
  dirty(type: string, device?: string): void {
    const notice = el("dirty", { type, timestamp: this.#network.now });
    for (const one of this.#connections(device)) one.send(el("ib", { from: SERVER }, [notice]));
  }

  /** Tells clients when their version ends, in Unix seconds, or that it does not (undefined), or nonsense. */
  expireVersion(t: number | string | undefined, device?: string): void {
    const notice = el("client_expiration", { t: t === undefined ? undefined : String(t) });
    for (const one of this.#connections(device)) one.send(el("ib", { from: SERVER }, [notice]));
  }

  /** The server takes the next messages, but its acks are lost. */
  loseAcks(times = 1): FaultRule {
    return this.at("out", { do: "drop" }, { times, when: isMessageAck });
  }

  /** Ends the stream of one device, or of all, as the server does. */
  streamError(attributes: { code?: string }, child?: Stanza, device?: string): void {
    const attrs = attributes.code === undefined ? {} : { code: attributes.code };
    for (const one of this.#connections(device)) one.streamError(attrs, child ? [child] : undefined);
  }

  /** Cuts the TCP connection of one device, or of all. */
  cut(device?: string): void {
    for (const one of this.#connections(device)) one.cut();
  }

  close(code = 1000, device?: string): void {
    for (const one of this.#connections(device)) one.close(code);
  }

  /** Holds everything up, in both directions, until the returned function is called. */
  stall(device?: string): () => void {
    const stalled = this.#connections(device);
    for (const one of stalled) one.stall();
    return () => {
      for (const one of stalled) one.resume();
    };
  }

  /** Sends a frame no honest server sends, to one device or to all. */
  send(kind: HostileFrame, device?: string): void {
    for (const one of this.#connections(device)) hostileFrame(one, kind, this.#random);
  }

  /** Forgets every fault that still lies in wait. */
  clear(): void {
    this.#rules.length = 0;
    this.#refusedUpgrades.length = 0;
    this.#handshakes.length = 0;
    this.#ackMarks.length = 0;
    this.#failures.length = 0;
    this.#forgeries = 0;
    this.oldestRevision = 0;
    this.oldestLinkable = 0;
    this.#questions.clear();
    this.#busyUntil = 0;
  }

  /** For the listener: the status to answer the next upgrade with, if it is to be refused. */
  nextUpgradeStatus(): number | undefined {
    return this.#refusedUpgrades.shift();
  }

  /** For the login: what to refuse the next one with. */
  nextLoginFailure(device: string | undefined): LoginFailure | undefined {
    const at = this.#failures.findIndex((each) => each.device === undefined || each.device === device);
    return at < 0 ? undefined : this.#failures.splice(at, 1)[0]?.failure;
  }

  /** For the connection: the fault that strikes this stanza, if one does. */
  strike(point: FaultPoint, connection: DeviceConnection, stanza: Stanza): FaultAction | undefined {
    if (this.#rules.length === 0) return undefined;
    const chance = (probability: number): boolean => this.#random.chance(probability);
    const device = connection.device?.jid();
    return this.#rules.find((rule) => rule.strikes(point, stanza, device, chance))?.action;
  }

  #connections(device: string | undefined): DeviceConnection[] {
    const online = [...this.#network.online].filter(([one]) => device === undefined || one.jid() === device);
    return online.map(([, connection]) => connection);
  }
}

function isMessageAck(stanza: Stanza): boolean {
  return stanza.tag === "ack" && stanza.attrs["class"] === "message";
}
