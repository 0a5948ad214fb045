import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { Random } from "../../base/random.ts";
import { hmac } from "../../crypto/cipher.ts";
import { newKeyPair, sign } from "../../crypto/curve.ts";
import { frame } from "../../noise/frames.ts";
import type { TransportCipher } from "../../noise/cipher.ts";
import type { MessageContent } from "../../content/content.ts";
import { DeviceKeys } from "../../signal/bundle.ts";
import { unpad } from "../../signal/padding.ts";
import { Sessions } from "../../signal/session.ts";
import { decodeStanza, encodeStanza } from "../../wire/codec.ts";
import { bigEndian, bytesOf, child, children, el, type Stanza } from "../../wire/stanza.ts";
import type { Simulator } from "../../simulator.ts";
import { NoiseInitiator } from "./noise.ts";

const PROLOGUE = Buffer.from([0x57, 0x41, 6, 3]);
const SERVER = "@s.whatsapp.net";

/** What the client does otherwise than it should: its own answers, or none, in place of the right ones. */
export interface Quirks {
  /** Replaces the answer to a stanza; undefined keeps it, `[]` leaves it out. */
  readonly answers?: (right: Stanza, to: Stanza) => Stanza[] | undefined;
  /** It waits for its queue instead of asking. */
  readonly neverPulls?: boolean;
  readonly trustsAnybody?: boolean;
  readonly acceptsForgery?: boolean;
}

/**
 * A client that was written for nothing but to be right, but for one quirk: it links, pulls its queue, settles what it
 * gets. It shares the simulator's primitives and none of its server.
 */
export class ControlClient {
  readonly #sim: Simulator;
  readonly #quirks: Quirks;
  readonly random = new Random("control");
  readonly noise = newKeyPair(this.random);
  readonly keys = new DeviceKeys(this.random);
  readonly #advSecret = this.random.bytes(32);
  #account: Buffer | undefined;
  deviceIdentity: Buffer | undefined;
  jid = "";
  lid = "";
  #socket: WebSocket | undefined;
  #cipher: { write: TransportCipher; read: TransportCipher } | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #nextId = 1;
  readonly #asked = new Map<string, (answer: Stanza) => void>();
  readonly seen: Stanza[] = [];
  readonly #sessions = new Map<string, Sessions>();
  readonly #waiters = new Set<() => void>();
  qr: string | undefined;
  isOpen = false;
  fault: string | undefined;
  #keysUploaded = false;
  #noiseHand: NoiseInitiator | undefined;

  constructor(sim: Simulator, quirks: Quirks = {}) {
    this.#sim = sim;
    this.#quirks = quirks;
  }

  /** Resolves as soon as `look` finds something. */
  until<T>(look: () => T | undefined | false, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`still waiting for ${what}`)), 5_000);
      const again = (): void => {
        const found = look();
        if (!found) return;
        clearTimeout(timer);
        this.#waiters.delete(again);
        resolve(found);
      };
      this.#waiters.add(again);
      again();
    });
  }

  /** What a message to this device says, of the ciphertexts that are for it alone. */
  read(stanza: Stanza): MessageContent {
    const from = stanza.attrs["participant"] ?? stanza.attrs["from"] ?? "";
    const enc = child(stanza, "enc");
    const type = enc?.attrs["type"] === "pkmsg" ? "pkmsg" : "msg";
    const sessions = this.#sessions.get(from) ?? new Sessions(this.keys, this.random);
    this.#sessions.set(from, sessions);
    return proto.Message.decode(unpad(sessions.decrypt(type, bytesOf(enc) ?? Buffer.alloc(0))));
  }

  connect(): void {
    this.#buffer = Buffer.alloc(0);
    this.#cipher = undefined;
    const hand = new NoiseInitiator(this.noise, PROLOGUE, this.random);
    this.#noiseHand = hand;
    const socket = new WebSocket(this.#sim.url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => socket.send(new Uint8Array(Buffer.concat([PROLOGUE, frame(hand.hello())]))));
    socket.addEventListener("message", ({ data }) => this.#bytes(socket, Buffer.from(data as ArrayBuffer)));
  }

  /** Links to the phone of this number. */
  async link(number = "6281100000001"): Promise<void> {
    this.connect();
    const qr = await this.until(() => this.qr, "a QR");
    await this.#sim.phone(number, { name: "Budi" }).scan(qr);
    await this.until(() => this.isOpen, "the login");
  }

  close(): void {
    this.#socket?.close();
  }

  send(stanza: Stanza): void {
    if (this.#cipher) this.#socket?.send(new Uint8Array(frame(this.#cipher.write.seal(encodeStanza(stanza)))));
  }

  newId(): string {
    return `C${this.#nextId++}`;
  }

  ask(attrs: Record<string, string>, content: Stanza[]): Promise<Stanza> {
    const id = this.newId();
    this.send(el("iq", { to: SERVER, ...attrs, id }, content));
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  #bytes(socket: WebSocket, bytes: Buffer): void {
    if (socket !== this.#socket) return;
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    while (this.#buffer.length >= 3 && this.#buffer.length >= 3 + this.#buffer.readUIntBE(0, 3)) {
      const end = 3 + this.#buffer.readUIntBE(0, 3);
      const one = this.#buffer.subarray(3, end);
      this.#buffer = this.#buffer.subarray(end);
      this.#frame(one);
    }
  }

  #frame(bytes: Buffer): void {
    if (this.#cipher) return this.#stanza(decodeStanza(this.#cipher.read.open(bytes)));
    const hand = this.#noiseHand;
    if (!hand) return;
    const root = this.#quirks.trustsAnybody ? undefined : Buffer.from(this.#sim.rootKey, "hex");
    try {
      this.#socket?.send(new Uint8Array(frame(hand.finish(bytes, this.#payload(), root))));
      this.#cipher = hand.split();
    } catch (cause) {
      this.fault = String(cause);
      this.#socket?.close();
    }
  }

  #payload(): Uint8Array {
    const userAgent = { appVersion: { primary: 2, secondary: 3000, tertiary: 1_045_816_814 } };
    if (this.jid !== "") {
      const [username, device] = this.jid.split(/[:@]/);
      const parts = { username: Number(username), device: Number(device), passive: true, userAgent };
      return proto.ClientPayload.encode(parts).finish();
    }
    const { identity, registrationId } = this.keys;
    const bundle = this.keys.takeBundle();
    const devicePairingData = {
      eRegid: bigEndian(registrationId, 4),
      eKeytype: Buffer.from([5]),
      eIdent: identity.public,
      eSkeyId: bigEndian(bundle.signedPreKey.id, 3),
      eSkeyVal: bundle.signedPreKey.key,
      eSkeySig: bundle.signedPreKey.signature,
    };
    return proto.ClientPayload.encode({ userAgent, passive: false, devicePairingData }).finish();
  }

  #stanza(stanza: Stanza): void {
    this.seen.push(stanza);
    this.#react(stanza);
    for (const look of this.#waiters) look();
  }

  #react(stanza: Stanza): void {
    const { tag, attrs } = stanza;
    if (tag === "iq" && (attrs["type"] === "result" || attrs["type"] === "error")) {
      this.#asked.get(attrs["id"] ?? "")?.(stanza);
      return;
    }
    if (tag === "iq") return this.#asks(stanza);
    if (tag === "success") return void this.#login();
    if (tag === "stream:error" && attrs["code"] === "515") return this.connect();
    if (tag === "ib" && child(stanza, "offline_preview")) return this.#pull(child(stanza, "offline_preview"));
    if (tag === "ib" && child(stanza, "offline")) this.isOpen = true;
    for (const right of rightAnswers(stanza, this.jid)) this.#answer(right, stanza);
  }

  #answer(right: Stanza, to: Stanza): void {
    for (const one of this.#quirks.answers?.(right, to) ?? [right]) this.send(one);
  }

  #asks(iq: Stanza): void {
    const { id, from } = iq.attrs;
    const refs = child(iq, "pair-device");
    if (refs) {
      const [ref] = children(refs, "ref");
      const keys = [this.noise.public, this.keys.identity.public, this.#advSecret].map((key) => key.toString("base64"));
      this.qr = [bytesOf(ref)?.toString(), ...keys].join(",");
    }
    const paired = child(iq, "pair-success");
    if (paired) return this.#paired(iq, paired);
    this.#answer(el("iq", { type: "result", to: from, id }), iq);
  }

  #paired(iq: Stanza, paired: Stanza): void {
    const wrapped = proto.ADVSignedDeviceIdentityHMAC.decode(
      bytesOf(child(paired, "device-identity")) ?? Buffer.alloc(0),
    );
    const details = Buffer.from(wrapped.details ?? []);
    if (!this.#quirks.acceptsForgery && !hmac(this.#advSecret, details).equals(Buffer.from(wrapped.hmac ?? []))) {
      this.fault = "the pairing is forged";
      return this.close();
    }
    const identity = proto.ADVSignedDeviceIdentity.decode(details);
    const inner = proto.ADVDeviceIdentity.decode(identity.details ?? new Uint8Array());
    this.#account = Buffer.from(identity.accountSignatureKey ?? []);
    const signed = Buffer.concat([
      Buffer.from([6, 1]),
      identity.details ?? Buffer.alloc(0),
      this.keys.identity.public,
      this.#account,
    ]);
    const parts = {
      details: identity.details ?? null,
      accountSignature: identity.accountSignature ?? null,
      deviceSignature: sign(this.keys.identity, signed),
    };
    const bare = proto.ADVSignedDeviceIdentity.encode(parts).finish();
    const whole = { ...parts, accountSignatureKey: this.#account };
    this.deviceIdentity = Buffer.from(proto.ADVSignedDeviceIdentity.encode(whole).finish());
    const { jid = "", lid = "" } = child(paired, "device")?.attrs ?? {};
    [this.jid, this.lid] = [jid, lid];
    const own = el("device-identity", { "key-index": String(inner.keyIndex ?? 0) }, bare);
    this.send(el("iq", { type: "result", to: SERVER, id: iq.attrs["id"] }, [el("pair-device-sign", {}, [own])]));
  }

  async #login(): Promise<void> {
    if (!this.#keysUploaded) await this.ask({ type: "set", xmlns: "encrypt" }, this.preKeyUpload());
    this.#keysUploaded = true;
    await this.ask({ type: "set", xmlns: "passive" }, [el("active")]);
  }

  /** Thirty one-time pre-keys, as `iq encrypt set` carries them. */
  preKeyUpload(): Stanza[] {
    const bundles = Array.from({ length: 30 }, () => this.keys.takeBundle());
    const [{ signedPreKey, identity, registrationId }] = bundles as [ReturnType<DeviceKeys["takeBundle"]>];
    const keys = bundles.flatMap(({ preKey }) =>
      preKey ? [el("key", {}, [el("id", {}, bigEndian(preKey.id, 3)), el("value", {}, preKey.key)])] : [],
    );
    return [
      el("registration", {}, bigEndian(registrationId, 4)),
      el("type", {}, Buffer.from([5])),
      el("identity", {}, identity),
      el("list", {}, keys),
      el("skey", {}, [
        el("id", {}, bigEndian(signedPreKey.id, 3)),
        el("value", {}, signedPreKey.key),
        el("signature", {}, signedPreKey.signature),
      ]),
    ];
  }

  #pull(preview: Stanza | undefined): void {
    if (Number(preview?.attrs["count"]) > 0 && !this.#quirks.neverPulls)
      this.send(el("ib", {}, [el("offline_batch", { count: "200" })]));
  }
}

/** What settles a stanza. */
export function rightAnswers(stanza: Stanza, own: string): Stanza[] {
  const { tag, attrs } = stanza;
  const { id, from, participant, recipient, type, category } = attrs;
  if (id === undefined || from === undefined || tag === "ack") return [];
  if (tag === "message" && !from.endsWith("@newsletter")) {
    const history = child(stanza, "enc") && category === "peer" ? "peer_msg" : undefined;
    const kind = recipient === undefined ? history : "sender";
    return [el("receipt", { id, to: from, participant, recipient, type: kind })];
  }
  const ack = { class: tag, id, to: from, participant, recipient, type };
  return [el("ack", tag === "status" ? { ...ack, from: own } : ack)];
}
