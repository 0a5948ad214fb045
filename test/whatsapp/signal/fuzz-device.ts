import type { Dice } from "../../crash/dice.ts";
import type { SignalError } from "../../../src/whatsapp/signal/signal-error.ts";
import { type CurvePair, generateCurvePair, typedPublicKey } from "../../../src/whatsapp/signal/x25519.ts";
import { signXeddsa } from "../../../src/whatsapp/signal/xeddsa.ts";
import type { LocalKeys, PreKeyBundle } from "../../../src/whatsapp/signal/x3dh.ts";
import type { Library } from "./library.ts";
import * as theirs from "./libsignal-engine.ts";

/** Something under way: to whom, and what the judge must know of it. */
export interface Sealed {
  to: FuzzDevice;
  from: FuzzDevice;
  /** Which installation of the reader it is for, and of whose. */
  install: number;
  fromInstall: number;
  type: "pkmsg" | "msg" | "skmsg";
  bytes: Buffer;
  text: string;
  /** Of what it is in order with. */
  stream: string;
  session: string;
  chain: string;
  position: string;
  preKey: number | null;
  /** From where to where every byte counts; libsignal does not look at the lower half of the version byte. */
  authenticated: [number, number];
}

type Stored = string | Buffer | null;

/** One device whose records pass from one implementation to the other, as the dice want. */
export class FuzzDevice {
  installation = 0;
  #local!: LocalKeys;
  #signature!: Buffer;
  #preKeys = new Map<number, CurvePair>();
  #nextPreKey = 1;
  /** By the other device and its installation. */
  #sessions = new Map<string, Stored>();
  #senderKey: Stored = null;
  #told = new Set<string>();
  /** By author and his installation. */
  #senderKeys = new Map<string, Stored>();
  /** Sessions in which the other side was heard. */
  #answered = new Set<string>();

  readonly #library: Library;
  readonly #dice: Dice;

  constructor(
    readonly id: number,
    library: Library,
    dice: Dice,
  ) {
    this.#library = library;
    this.#dice = dice;
    this.install();
  }

  /** As WhatsApp does when it is installed anew: nothing is left of what was. */
  install(): void {
    this.installation += 1;
    const identity = generateCurvePair();
    const signed = generateCurvePair();
    this.#signature = signXeddsa(identity.private, typedPublicKey(signed.public));
    this.#preKeys.clear();
    this.#sessions.clear();
    this.#senderKeys.clear();
    this.#told.clear();
    this.#answered.clear();
    this.#senderKey = null;
    this.#local = {
      identity,
      registrationId: this.id * 1_000 + this.installation,
      preKey: (id) => this.#preKeys.get(id) ?? null,
      signedPreKey: (id) => (id === 1 ? signed : null),
    };
  }

  /** A new sender key with the next message. */
  rotate(): void {
    this.#senderKey = null;
    this.#told.clear();
  }

  /** Records change hands at every fourth step: to read libsignal's forms anew each time costs most of a run. */
  #ours(stored: Stored): boolean {
    return (this.#dice.below(4) === 0) === (typeof stored === "string");
  }

  bundle(): PreKeyBundle {
    const id = this.#nextPreKey++;
    const pair = generateCurvePair();
    const hasPreKey = id % 5 !== 0;
    if (hasPreKey) this.#preKeys.set(id, pair);
    const { identity, registrationId } = this.#local;
    const signedPreKey = { id: 1, key: this.#local.signedPreKey(1)!.public, signature: this.#signature };
    return {
      identity: identity.public,
      registrationId,
      signedPreKey,
      preKey: hasPreKey ? { id, key: pair.public } : null,
    };
  }

  canWriteTo(to: FuzzDevice): boolean {
    return this.#sessions.has(to.#name);
  }

  async begin(to: FuzzDevice): Promise<void> {
    const stored = this.#sessions.get(to.#name) ?? null;
    const bundle = to.bundle();
    const made = this.#ours(stored)
      ? this.#library.startSession(stored, this.#local, bundle)
      : await theirs.libsignalStart(this.#json(stored), this.#local, bundle);
    this.#sessions.set(to.#name, made);
  }

  async encrypt(to: FuzzDevice, text: string): Promise<Sealed> {
    const stored = this.#sessions.get(to.#name) ?? null;
    const plaintext = Buffer.from(text);
    let sealed: { type: "pkmsg" | "msg"; ciphertext: Buffer };
    if (this.#ours(stored)) {
      const done = this.#library.encryptForDevice(stored, this.#local, plaintext);
      this.#sessions.set(to.#name, done.sessions);
      sealed = done;
    } else {
      const done = await theirs.libsignalEncrypt(this.#json(stored) ?? "", this.#local, plaintext);
      this.#sessions.set(to.#name, done.json);
      sealed = done;
    }
    return this.#described(to, text, sealed.type, sealed.ciphertext);
  }

  #described(to: FuzzDevice, text: string, type: "pkmsg" | "msg", bytes: Buffer): Sealed {
    const first = type === "pkmsg" ? this.#library.readPreKeyMessage(bytes) : null;
    const inner = first?.message ?? bytes;
    const { ratchetKey, counter } = this.#library.readRatchetMessage(inner);
    const session =
      this.#library.inspectSessions(this.#sessions.get(to.#name) ?? null).open?.baseKey.toString("hex") ?? "";
    const chain = ratchetKey.toString("hex");
    if (type === "pkmsg" && this.#answered.has(session)) throw new Error("a session that was answered is begun again");
    const start = bytes.indexOf(inner);
    const between = `${this.#name} ${to.#name}`;
    return {
      to,
      from: this,
      install: to.installation,
      fromInstall: this.installation,
      type,
      bytes,
      text,
      session,
      chain,
      stream: between,
      position: `${between} ${session} ${chain} ${counter}`,
      preKey: first?.preKeyId ?? null,
      authenticated: [start + 1, start + inner.length],
    };
  }

  async encryptToGroup(members: readonly FuzzDevice[], text: string): Promise<Sealed[]> {
    const own = this.#ours(this.#senderKey)
      ? this.#library.ownSenderKey(this.#senderKey)
      : await theirs.libsignalOwnSenderKey(this.#keyJson(this.#senderKey));
    this.#senderKey = "senderKey" in own ? own.senderKey : own.json;
    for (const member of members) {
      const name = member.#name;
      const again = this.#told.has(name);
      if (again && this.#dice.below(10) > 0) continue;
      this.#told.add(name);
      await member.#learn(this, own.distribution, again);
    }
    const plaintext = Buffer.from(text);
    const done = this.#ours(this.#senderKey)
      ? this.#library.encryptForGroup(this.#senderKey, plaintext)
      : await theirs.libsignalGroupEncrypt(this.#keyJson(this.#senderKey) ?? "", plaintext);
    this.#senderKey = "senderKey" in done ? done.senderKey : done.json;
    const bytes = done.ciphertext;
    const { keyId, iteration } = this.#library.readGroupMessage(bytes);
    return members.map((to) => ({
      to,
      from: this,
      install: to.installation,
      fromInstall: this.installation,
      type: "skmsg" as const,
      bytes,
      text,
      stream: `${this.#name} group ${to.#name}`,
      session: `${this.#name} ${keyId}`,
      chain: "",
      preKey: null,
      position: `${this.#name} group ${to.#name} ${keyId} ${iteration}`,
      authenticated: [1, bytes.length],
    }));
  }

  /** `again`: Baileys would forget what it holds. */
  async #learn(author: FuzzDevice, distribution: Buffer, again: boolean): Promise<void> {
    const stored = this.#senderKeys.get(author.#name) ?? null;
    const learned =
      again || this.#ours(stored)
        ? this.#library.acceptSenderKey(stored, distribution)
        : await theirs.libsignalAcceptSenderKey(this.#keyJson(stored), distribution);
    this.#senderKeys.set(author.#name, learned);
  }

  /** Whether the session is there, or comes with it. */
  canRead({ from, fromInstall, type, session, preKey }: Sealed): boolean {
    if (type === "skmsg") return this.#senderKeys.has(nameOf(from.id, fromInstall));
    const record = this.#library.SessionRecord.read(this.#sessions.get(nameOf(from.id, fromInstall)) ?? null);
    if (record.find(Buffer.from(session, "hex")) >= 0) return true;
    return type === "pkmsg" && (preKey === null || this.#preKeys.has(preKey));
  }

  /** Throws what the implementation throws, and then has changed nothing. */
  async decrypt({ from, fromInstall, type, session, preKey }: Sealed, bytes: Buffer): Promise<string> {
    const name = nameOf(from.id, fromInstall);
    if (type === "skmsg") return this.#decryptFromGroup(name, bytes);
    const stored = this.#sessions.get(name) ?? null;
    const begins = this.#library.SessionRecord.read(stored).find(Buffer.from(session, "hex")) < 0;
    const done = this.#ours(stored)
      ? this.#library.decryptFromDevice(stored, this.#local, type, bytes)
      : await theirs.libsignalDecrypt(this.#json(stored), this.#local, type, bytes);
    this.#sessions.set(name, "sessions" in done ? done.sessions : done.json);
    if (done.spentPreKey !== (begins ? preKey : null)) throw new Error(`pre-key ${done.spentPreKey} was spent`);
    if (done.spentPreKey !== null) this.#preKeys.delete(done.spentPreKey);
    this.#answered.add(session);
    return done.plaintext.toString();
  }

  async #decryptFromGroup(name: string, bytes: Buffer): Promise<string> {
    const stored = this.#senderKeys.get(name) ?? null;
    const done = this.#ours(stored)
      ? this.#library.decryptFromGroup(stored, bytes)
      : await theirs.libsignalGroupDecrypt(this.#keyJson(stored), bytes);
    this.#senderKeys.set(name, "senderKey" in done ? done.senderKey : done.json);
    return done.plaintext.toString();
  }

  /** Ours refuses with its own error, never by accident. */
  assertRefusal(error: unknown): null {
    const { name } = error as Error;
    if (error instanceof TypeError || error instanceof RangeError) {
      if ((error.stack ?? "").includes("signal/") && !(error.stack ?? "").includes("libsignal")) throw error;
    }
    if (name === "SignalError" && (error as SignalError).code === "damaged_record") throw error as Error;
    return null;
  }

  fingerprint({ from, fromInstall, type }: Sealed): Buffer {
    const name = nameOf(from.id, fromInstall);
    const stored = (type === "skmsg" ? this.#senderKeys : this.#sessions).get(name) ?? null;
    return Buffer.from(stored ?? "");
  }

  get #name(): string {
    return nameOf(this.id, this.installation);
  }

  #json(stored: Stored): string | null {
    if (stored === null || typeof stored === "string") return stored;
    const record = this.#library.SessionRecord.read(stored);
    const sessions = Array.from({ length: record.size }, (_, place) => record.at(place));
    return theirs.toLibsignal(sessions, record.isOpen);
  }

  #keyJson(stored: Stored): string | null {
    if (stored === null || typeof stored === "string") return stored;
    return theirs.toLibsignalSenderKey(this.#library.decodeSenderKeys(stored));
  }
}

const nameOf = (id: number, installation: number): string => `${id}.${installation}`;
