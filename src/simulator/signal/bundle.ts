import { type KeyPair, newKeyPair, sign, typedPublic } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";

/** The public keys by which a stranger starts a session with a device; keys are raw 32 bytes. */
export interface Bundle {
  readonly registrationId: number;
  readonly identity: Buffer;
  readonly signedPreKey: { readonly id: number; readonly key: Buffer; readonly signature: Buffer };
  /** Used once; missing when the device's store on the server has run dry. */
  readonly preKey: { readonly id: number; readonly key: Buffer } | undefined;
}

/** The private Signal keys of a simulated device. One-time pre-keys are made as they are asked for. */
export class DeviceKeys {
  readonly identity: KeyPair;
  readonly registrationId: number;
  readonly #random: Random;
  readonly #oneTime = new Map<number, KeyPair>();
  #signed: { pair: KeyPair; signature: Buffer } | undefined;
  #nextId = 1;
  /** Set to play a device whose one-time pre-keys have run out. */
  exhausted = false;

  constructor(random: Random, identity: KeyPair = newKeyPair(random)) {
    this.#random = random;
    this.identity = identity;
    this.registrationId = 1 + random.below(16380);
  }

  /** A bundle with a one-time pre-key nobody had before. */
  takeBundle(): Bundle {
    const signed = this.#signedPreKey();
    return {
      registrationId: this.registrationId,
      identity: this.identity.public,
      signedPreKey: { id: 1, key: signed.pair.public, signature: signed.signature },
      preKey: this.exhausted ? undefined : this.#newPreKey(),
    };
  }

  signedPair(id: number): KeyPair {
    if (id !== 1) throw new Error(`signed pre-key ${id} was never published`);
    return this.#signedPreKey().pair;
  }

  /** Throws when the id was never handed out or is spent. */
  preKey(id: number): KeyPair {
    const pair = this.#oneTime.get(id);
    if (!pair) throw new Error(`pre-key ${id} is unknown or spent`);
    return pair;
  }

  /** Whether a pre-key of this id was ever handed out. */
  hasGiven(id: number): boolean {
    return id < this.#nextId;
  }

  spend(id: number): void {
    this.#oneTime.delete(id);
  }

  #newPreKey(): { id: number; key: Buffer } {
    const pair = newKeyPair(this.#random);
    const id = this.#nextId++;
    this.#oneTime.set(id, pair);
    return { id, key: pair.public };
  }

  // Made late: a signature costs milliseconds, and most contacts of a large scenario are never written to.
  #signedPreKey(): { pair: KeyPair; signature: Buffer } {
    if (!this.#signed) {
      const pair = newKeyPair(this.#random);
      this.#signed = { pair, signature: sign(this.identity, typedPublic(pair.public)) };
    }
    return this.#signed;
  }
}
