import type { ServerWebSocket } from "bun";
import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { FaultAction } from "./fault-rule.ts";
import type { Network } from "./network.ts";
import { FrameReader, frame } from "../noise/frames.ts";
import { type Handshake, NoiseResponder } from "../noise/responder.ts";
import { decodeStanza, encodeStanza } from "../wire/codec.ts";
import { describe, el, type Stanza } from "../wire/stanza.ts";

/** How long the socket stays after the stream has ended: a client may still have stanzas to work off (whatsmeow#43). */
const LINGER_MS = 130;

export type ClientSocket = ServerWebSocket<DeviceConnection | undefined>;

/** One client on the line: first the Noise handshake, then stanzas. */
export class DeviceConnection {
  readonly number: number;
  readonly network: Network;
  readonly #socket: ClientSocket;
  readonly #reader = new FrameReader();
  #noise: NoiseResponder | undefined;
  #handshake: Handshake | undefined;
  #isForged = false;
  #nextId = 1;
  /** Set once the client has logged in as a linked device. */
  device: LinkedDevice | undefined;
  closed = false;
  /** Whether the client has asked for its offline queue. */
  hasPulled = false;
  /** The revision of WhatsApp Web that the client says it is. */
  revision = 0;
  #lingering: NodeJS.Timeout | undefined;
  #stalled: { readonly out: Stanza[]; readonly in: Stanza[] } | undefined;
  #held: { left: number; release(): void }[] = [];
  /** By id; what was asked without one is answered in the order it was asked. */
  readonly #asked = new Map<string, ((answer: Stanza) => void)[]>();
  readonly #closeHandlers: (() => void)[] = [];
  /** Ids of notifications sent outside any mailbox, whose acks are still to come. */
  readonly expectedAcks = new Set<string>();

  constructor(number: number, network: Network, socket: ClientSocket) {
    this.number = number;
    this.network = network;
    this.#socket = socket;
  }

  /** An id for a stanza of the server's own. */
  newId(): string {
    return `${this.number}.${this.#nextId++}`;
  }

  receive(bytes: Buffer): void {
    try {
      for (const one of this.#reader.push(bytes)) this.#frame(one);
    } catch (cause) {
      this.complain(`broke the stream: ${cause instanceof Error ? cause.message : String(cause)}`);
      this.close();
    }
  }

  send(stanza: Stanza): void {
    if (this.closed || !this.#handshake) return;
    if (this.#stalled) return void this.#stalled.out.push(stanza);
    const fault = this.network.faults.strike("out", this, stanza);
    if (fault) this.#meddle(fault, stanza, (one) => this.#write(one));
    else this.#write(stanza);
    this.#releaseHeld();
  }

  /** Seals bytes that need be no stanza. */
  sendSealed(bytes: Buffer): void {
    if (this.#handshake) this.#socket.sendBinary(frame(this.#handshake.write.seal(bytes)));
  }

  /** Frames bytes without sealing them. */
  sendRaw(bytes: Buffer): void {
    this.#socket.sendBinary(frame(bytes));
  }

  /** Sends a query of the server's own and hands its answer on. */
  ask(iq: Stanza, answered: (answer: Stanza) => void): void {
    const id = iq.attrs["id"] ?? "";
    this.#asked.set(id, [...(this.#asked.get(id) ?? []), answered]);
    this.send(iq);
  }

  /** An answer to one of the server's queries; false when it asked nothing by this id. */
  answered(iq: Stanza): boolean {
    const id = iq.attrs["id"] ?? "";
    const [handler, ...later] = this.#asked.get(id) ?? [];
    if (later.length > 0) this.#asked.set(id, later);
    else this.#asked.delete(id);
    handler?.(iq);
    return handler !== undefined;
  }

  onClose(handler: () => void): void {
    this.#closeHandlers.push(handler);
  }

  /** A problem of this client, with who it is. */
  complain(what: string, stanza?: Stanza): void {
    const who = this.device ? this.device.jid() : `connection ${this.number}`;
    this.network.problems.add(`${who} ${what}${stanza ? `: ${describe(stanza)}` : ""}`);
  }

  /** Ends the stream as the server does: a last stanza, the end of the stream, and a while later the end of the socket. */
  end(last: Stanza): void {
    this.send(last);
    this.#write(el("xmlstreamend"));
    this.ended();
    this.#lingering = setTimeout(() => this.#socket.terminate(), LINGER_MS).unref();
  }

  streamError(attributes: Record<string, string>, content?: Stanza[]): void {
    this.end(el("stream:error", attributes, content));
  }

  close(code = 1000): void {
    this.ended();
    this.#socket.close(code);
  }

  /** The TCP connection is gone, without a word. */
  cut(): void {
    clearTimeout(this.#lingering);
    this.ended();
    this.#socket.terminate();
  }

  /** Lets nothing pass in either direction until `resume`. */
  stall(): void {
    this.#stalled ??= { out: [], in: [] };
  }

  resume(): void {
    const stalled = this.#stalled;
    this.#stalled = undefined;
    for (const stanza of stalled?.out ?? []) this.send(stanza);
    for (const stanza of stalled?.in ?? []) this.#accept(stanza);
  }

  /** The socket is closed: nothing is left to end. */
  hungUp(): void {
    clearTimeout(this.#lingering);
    this.ended();
  }

  /** Nothing passes any more, whichever side ended it. */
  ended(): void {
    if (this.closed) return;
    this.closed = true;
    this.network.protocol.disconnected(this);
    for (const handler of this.#closeHandlers) handler();
  }

  #frame(bytes: Buffer): void {
    if (this.closed) return;
    if (this.#handshake) return this.#stanza(this.#handshake.read.open(bytes));
    const fault = this.network.faults.nextHandshakeFault(this.#noise ? "login" : "hello");
    if (fault) this.network.events.emit({ type: "handshake.broken", connection: this.number });
    if (fault === "cut") return this.cut();
    if (fault === "stall") return;
    if (!this.#noise) {
      const random = this.network.random.fork(`noise ${this.number}`);
      const { authority, isForged } = this.network.faults.nextAuthority();
      this.#isForged = isForged;
      this.#noise = new NoiseResponder(authority, this.#reader.prologue, random);
      this.#socket.sendBinary(frame(this.#noise.hello(bytes)));
      if (this.#noise.resumed) this.#admit(this.#noise.resumed);
      return;
    }
    if (this.#isForged) {
      this.complain("goes on with a server whose certificate it should have refused");
      return this.cut();
    }
    this.#admit(this.#noise.finish(bytes));
  }

  #admit(handshake: Handshake): void {
    this.#handshake = handshake;
    this.network.protocol.admit(this, handshake);
  }

  #stanza(bytes: Buffer): void {
    const stanza = decodeStanza(bytes);
    if (this.#stalled) return void this.#stalled.in.push(stanza);
    const fault = this.network.faults.strike("in", this, stanza);
    if (fault) this.#meddle(fault, stanza, (one) => this.#accept(one));
    else this.#accept(stanza);
    this.#releaseHeld();
  }

  #accept(stanza: Stanza): void {
    if (this.closed) return;
    this.network.tracer?.("in", this.number, stanza);
    try {
      this.network.protocol.dispatch(this, stanza);
    } catch (cause) {
      // A stanza that no handler can make sense of is the client's problem; the connection goes on.
      this.complain(`sent what cannot be handled (${cause instanceof Error ? cause.message : String(cause)})`, stanza);
    }
  }

  #write(stanza: Stanza): void {
    if (this.closed || !this.#handshake) return;
    this.network.tracer?.("out", this.number, stanza);
    this.sendSealed(encodeStanza(stanza));
  }

  #meddle(fault: FaultAction, stanza: Stanza, pass: (stanza: Stanza) => void): void {
    switch (fault.do) {
      case "cut":
        return this.cut();
      case "cut-after":
        pass(stanza);
        return this.cut();
      case "close":
        return this.close(fault.code);
      case "stall":
        return this.stall();
      case "drop":
        return;
      case "repeat":
        for (let at = 0; at < fault.times; at++) pass(stanza);
        return;
      case "hold":
        return void this.#held.push({ left: fault.for + 1, release: () => pass(stanza) });
      case "replace":
        return [fault.with(stanza)].flat().forEach(pass);
      case "stream-error":
        return this.streamError(fault.code === undefined ? {} : { code: fault.code }, fault.child && [fault.child]);
      default:
        return fault satisfies never;
    }
  }

  #releaseHeld(): void {
    for (const held of this.#held) held.left--;
    const ready = this.#held.filter((held) => held.left <= 0);
    this.#held = this.#held.filter((held) => held.left > 0);
    for (const held of ready) held.release();
  }
}
