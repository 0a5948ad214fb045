import { hkdf } from "../crypto/cipher.ts";
import { agree, type KeyPair, newKeyPair, typedPublic, verify } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";
import type { Bundle, DeviceKeys } from "./bundle.ts";
import { Ratchet } from "./ratchet.ts";
import { decodePreKeyMessage, encodePreKeyMessage, type PreKeyMessage } from "./wire.ts";
import { ReadBefore } from "./read-before.ts";

/** The kinds of end-to-end encryption between two devices, as `enc` names them in its `type`. */
export type PairwiseType = "pkmsg" | "msg";
export interface Ciphertext {
  readonly type: PairwiseType;
  readonly bytes: Buffer;
}

interface Session {
  readonly baseKey: Buffer;
  readonly ratchet: Ratchet;
  /** Set until the other side has answered: every message then carries the way to build the session. */
  pending: Omit<PreKeyMessage, "message"> | undefined;
}

const MOST_SESSIONS = 40;
const FILLER = Buffer.alloc(32, 0xff);

/** All sessions of one simulated device with one other device; the first is the one it sends on. */
export class Sessions {
  readonly #keys: DeviceKeys;
  readonly #random: Random;
  #sessions: Session[] = [];
  /** The other device's identity as last seen, 32 bytes. */
  theirIdentity: Buffer | undefined;

  constructor(keys: DeviceKeys, random: Random) {
    this.#keys = keys;
    this.#random = random;
  }

  get established(): boolean {
    return this.#sessions.length > 0;
  }

  /** X3DH towards the owner of the bundle. Throws when its signed pre-key is not signed by its identity. */
  open(bundle: Bundle): void {
    const { signedPreKey, preKey } = bundle;
    if (!verify(bundle.identity, typedPublic(signedPreKey.key), signedPreKey.signature)) {
      throw new Error("the signed pre-key is not signed by the identity it came with");
    }
    const base = newKeyPair(this.#random);
    const secrets = [
      agree(this.#keys.identity, signedPreKey.key),
      agree(base, bundle.identity),
      agree(base, signedPreKey.key),
      ...(preKey ? [agree(base, preKey.key)] : []),
    ];
    const ends = { ours: this.#keys.identity.public, theirs: bundle.identity };
    const ratchet = Ratchet.initiator(ends, masterKey(secrets), signedPreKey.key, this.#random);
    const pending = {
      registrationId: this.#keys.registrationId,
      preKeyId: preKey?.id,
      signedPreKeyId: signedPreKey.id,
      baseKey: base.public,
      identity: this.#keys.identity.public,
    };
    this.#use({ baseKey: base.public, ratchet, pending }, bundle.identity);
  }

  encrypt(plain: Uint8Array): Ciphertext {
    const session = this.#sessions[0];
    if (!session) throw new Error("no session to encrypt with");
    const bytes = session.ratchet.encrypt(plain);
    if (!session.pending) return { type: "msg", bytes };
    return { type: "pkmsg", bytes: encodePreKeyMessage({ ...session.pending, message: bytes }) };
  }

  decrypt(type: PairwiseType, bytes: Buffer): Buffer {
    return type === "pkmsg" ? this.#decryptFirst(bytes) : this.#decryptWithAny(bytes);
  }

  #decryptFirst(bytes: Buffer): Buffer {
    const message = decodePreKeyMessage(bytes);
    const known = this.#sessions.find((session) => session.baseKey.equals(message.baseKey));
    if (known) return known.ratchet.decrypt(message.message);
    const preKey = message.preKeyId === undefined ? undefined : this.#keys.preKey(message.preKeyId);
    const session = this.#accept(message, preKey);
    const plain = session.ratchet.decrypt(message.message);
    if (message.preKeyId !== undefined) this.#keys.spend(message.preKeyId);
    this.#use(session, message.identity);
    return plain;
  }

  #accept(message: PreKeyMessage, preKey: KeyPair | undefined): Session {
    const signed = this.#keys.signedPair(message.signedPreKeyId);
    const secrets = [
      agree(signed, message.identity),
      agree(this.#keys.identity, message.baseKey),
      agree(signed, message.baseKey),
      ...(preKey ? [agree(preKey, message.baseKey)] : []),
    ];
    const ends = { ours: this.#keys.identity.public, theirs: message.identity };
    const ratchet = Ratchet.responder(ends, masterKey(secrets), signed, this.#random);
    return { baseKey: message.baseKey, ratchet, pending: undefined };
  }

  #decryptWithAny(bytes: Buffer): Buffer {
    if (this.#sessions.length === 0) throw new Error("no session with this device");
    const causes: string[] = [];
    for (const session of this.#sessions) {
      try {
        const plain = session.ratchet.decrypt(bytes);
        session.pending = undefined;
        return plain;
      } catch (cause) {
        if (cause instanceof ReadBefore) throw cause;
        causes.push(cause instanceof Error ? cause.message : String(cause));
      }
    }
    throw new Error(`none of ${causes.length} sessions opens it (${causes.join("; ")})`);
  }

  #use(session: Session, theirs: Buffer): void {
    this.theirIdentity = theirs;
    this.#sessions = [session, ...this.#sessions].slice(0, MOST_SESSIONS);
  }
}

function masterKey(secrets: Buffer[]): Buffer {
  return hkdf(Buffer.concat([FILLER, ...secrets]), 32, "WhisperText", Buffer.alloc(32));
}
