import { assert } from "../../core/base/failure.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import type { SignalDataSet } from "@whiskeysockets/baileys";
import { SignalError } from "../signal/signal-error.ts";
import {
  closeSessions,
  type DeviceCipherType,
  decryptFromDevice,
  encryptForDevice,
  inspectSessions,
  mergeSessions,
  type SessionSummary,
  startSession,
  type StoredSessions,
} from "../signal/session-cipher.ts";
import { readPreKeyMessage } from "../signal/signal-message.ts";
import { type CurvePair, keepImported, rawPublicKey, typedPublicKey } from "../signal/x25519.ts";
import type { LocalKeys, PreKeyBundle } from "../signal/x3dh.ts";
import { type DeviceName, deviceName, otherName, signalAddress } from "./address.ts";
import { signedPreKeyOf } from "./own-keys.ts";
import type { AuthState } from "./auth-state.ts";
import { Locks } from "../../core/base/locks.ts";

/** Addresses that are remembered, of each connection: of numbers without sessions, of identities. */
const mostRemembered = 5_000;
/** Devices that are known to have an open session, of each connection. */
const mostOpen = 10_000;

/** A plaintext, and the records that must be written with it. */
export interface Opened {
  readonly plaintext: Buffer;
  readonly keys: SignalDataSet;
}

/** Where a device's sessions stand. A person has two names; what was begun under the one goes on under the other. */
interface Place {
  readonly address: string;
  /** Of its number, when the sessions stand under its LID. */
  readonly former: string | null;
  readonly stored: StoredSessions;
  readonly hasFormer: boolean;
}

/**
 * The Signal protocol over a device's keys. What is read may take its time; from the last read on each step is one
 * synchronous piece, and its records go into one write. Whoever steps a ratchet is alone with it from read to write.
 *
 *     free ─ alone: every name at once, in the order of asking → held ─ read → stepped ─┬ written whole → free
 *                                                                                       └ refused, or a crash → free, as read
 *
 * A step that was not written never happened: the same message is opened again from the same record.
 */
export class SignalStore {
  readonly #locks = new Locks();
  readonly #empty = new Set<string>();
  /** Of devices, as they are stored: who was never answered shows it with each message. */
  readonly #identities = new Map<string, Uint8Array>();
  readonly #open = new Set<string>();
  readonly #auth: () => AuthState;

  constructor(auth: () => AuthState) {
    this.#auth = auth;
  }

  /** With nobody else at the sessions and sender keys of these people. */
  async alone<T>(jids: readonly string[], work: () => Promise<T>): Promise<T> {
    const names = await Promise.all(jids.map((jid) => this.#namesOf(jid)));
    return this.#locks.hold([...new Set(names.flat())], work);
  }

  /** Inside `alone` of the device. Writes nothing. Throws `SignalError`. */
  async open(jid: string, type: DeviceCipherType, ciphertext: Uint8Array): Promise<Opened> {
    assert(this.#locks.isTaken(lockName(deviceName(jid))), "whoever steps a ratchet is alone with it");
    const place = await this.#place(jid);
    const preKeys = type === "pkmsg" ? await this.#preKeyOf(ciphertext) : null;
    const known = type === "pkmsg" ? await this.#identityOf(place.address) : null;
    const done = decryptFromDevice(place.stored, this.#local(preKeys), type, ciphertext);
    const identity = typedPublicKey(done.identity);
    const isNew = type === "pkmsg" && !(known instanceof Uint8Array && identity.equals(known));
    if (isNew) this.#identities.delete(place.address);
    return {
      plaintext: done.plaintext,
      keys: {
        ...moved(place, done.sessions),
        ...(done.spentPreKey === null ? {} : { "pre-key": { [done.spentPreKey]: null } }),
        ...(isNew ? { "identity-key": { [place.address]: identity } } : {}),
      },
    };
  }

  encrypt(jid: string, plaintext: Uint8Array): Promise<{ type: DeviceCipherType; ciphertext: Buffer }> {
    return this.alone([jid], async () => {
      const place = await this.#place(jid);
      this.#open.delete(jid); // unless it goes well
      const { sessions, ...sealed } = encryptForDevice(place.stored, this.#local(null), plaintext);
      this.#auth().write({ keys: moved(place, sessions) });
      this.#open.add(jid);
      dropOldest(this.#open, mostOpen);
      return sealed;
    });
  }

  /** Throws `SignalError` when the signed pre-key is not signed by the identity. */
  start(jid: string, bundle: PreKeyBundle): Promise<void> {
    return this.alone([jid], async () => {
      const place = await this.#place(jid);
      this.#auth().write({ keys: moved(place, startSession(place.stored, this.#local(null), bundle)) });
    });
  }

  async inspect(jid: string): Promise<SessionSummary> {
    return inspectSessions((await this.#place(jid)).stored);
  }

  /** Whether it can be written to. What was written to once is not looked up again: only `close` ends that. */
  async isOpen(jid: string): Promise<boolean> {
    return this.#open.has(jid) || (await this.inspect(jid)).open !== null;
  }

  /** Nothing is written on these devices' sessions any more; what is under way can still be read. */
  close(jids: readonly string[]): Promise<void> {
    return this.alone(jids, async () => {
      this.#open.clear(); // they may have other names
      for (const jid of jids) {
        const place = await this.#place(jid);
        const closed = closeSessions(place.stored);
        if (closed) this.#auth().write({ keys: moved(place, closed) });
      }
    });
  }

  #local(preKeys: ReadonlyMap<number, CurvePair> | null): LocalKeys {
    const { creds } = this.#auth();
    const { signedIdentityKey, signedPreKey, registrationId } = creds;
    const identity = pairOf(signedIdentityKey);
    const signed = pairOf(signedPreKey.keyPair);
    keepImported(identity.private);
    keepImported(signed.private);
    const other = (id: number) => {
      const pair = signedPreKeyOf(creds, id)?.keyPair;
      return pair ? pairOf(pair) : null;
    };
    return {
      identity,
      registrationId,
      preKey: (id) => preKeys?.get(id) ?? null,
      signedPreKey: (id) => (id === signedPreKey.keyId ? signed : other(id)),
    };
  }

  /** The one-time pre-key that a first message names; a message that does not read names none. */
  async #preKeyOf(ciphertext: Uint8Array): Promise<Map<number, CurvePair>> {
    const id = preKeyIdOf(ciphertext);
    if (id === null) return new Map();
    const { [id]: pair } = await this.#auth().read("pre-key", [String(id)]);
    return pair ? new Map([[id, pairOf(pair)]]) : new Map();
  }

  async #place(jid: string): Promise<Place> {
    const mine = deviceName(jid);
    const user = await this.#otherUser(mine);
    const other = user === null ? null : otherName(mine, user);
    const [by, before] = mine.isLid || other === null ? [mine, other] : [other, mine];
    const address = signalAddress(by);
    const former = before === null ? null : signalAddress(before);
    const stored = await this.#auth().record("session", address);
    const moving = former === null ? null : await this.#left(former);
    return {
      address,
      former,
      stored: moving === null ? stored : mergeSessions(stored, moving),
      hasFormer: moving !== null,
    };
  }

  async #identityOf(address: string): Promise<string | Uint8Array | null> {
    const known = this.#identities.get(address);
    if (known) return known;
    const found = await this.#auth().record("identity-key", address);
    if (found instanceof Uint8Array) this.#identities.set(address, found);
    dropOldest(this.#identities, mostRemembered);
    return found;
  }

  /** What stands under a name that nothing is written under any more; once it is empty it stays so. */
  async #left(address: string): Promise<StoredSessions> {
    if (this.#empty.has(address)) return null;
    const found = await this.#auth().record("session", address);
    if (found === null) this.#empty.add(address);
    dropOldest(this.#empty, mostRemembered);
    return found;
  }

  /** The user's other name, as far as it is known: the number of a LID, the LID of a number. */
  #otherUser({ user, isLid }: DeviceName): Promise<string | null> {
    return this.#auth().otherName(isLid ? `${user}_reverse` : user);
  }

  /** Number and LID of a person, as far as they are known to be one's; whoever knows either name holds the other's lock. */
  async #namesOf(jid: string): Promise<string[]> {
    const name = deviceName(jid);
    const other = await this.#otherUser(name);
    return [lockName(name), ...(other === null ? [] : [lockName({ user: other, isLid: !name.isLid })])];
  }
}

const lockName = ({ user, isLid }: Pick<DeviceName, "user" | "isLid">) => `${user}@${isLid ? "lid" : "pn"}`;

/** The records of a place, without those of the former one. */
function moved({ address, former, hasFormer }: Place, sessions: Buffer): SignalDataSet {
  return { session: { [address]: sessions, ...(hasFormer && former !== null ? { [former]: null } : {}) } };
}

/** Creds are made, or revived, once: the same bytes each time, so that they stay imported. */
function pairOf(pair: { public: Uint8Array; private: Uint8Array }): CurvePair {
  return { public: rawPublicKey(pair.public), private: pair.private as Buffer };
}

function preKeyIdOf(ciphertext: Uint8Array): number | null {
  try {
    return readPreKeyMessage(Buffer.from(ciphertext)).preKeyId;
  } catch (error) {
    if (error instanceof SignalError) return null;
    throw error;
  }
}
