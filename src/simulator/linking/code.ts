import { applyCtr, hkdf, openGcm, pairingCodeKey } from "../crypto/cipher.ts";
import { agree, type KeyPair, newKeyPair } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { Pairing } from "./pairing.ts";

/** Crockford's alphabet as WhatsApp uses it: no 0, I, O or U. */
const ALPHABET = /^[1-9A-HJ-NP-TV-Z]{8}$/;
const KEY_BUNDLE = "link_code_pairing_key_bundle_encryption_key";

/** The eight characters of a typed code. Throws with a sentence when they cannot be one. */
export function normalizeCode(typed: string): string {
  const code = typed.replaceAll(/[\s-]/g, "").toUpperCase();
  if (!ALPHABET.test(code))
    throw new Error(`"${typed}" is no pairing code: eight digits and letters without 0, I, O, U`);
  return code;
}

/** Linking by an eight-character code: two ephemeral keys wrapped by it, one bundle sealed by their shared secret. */
export class CodePairing {
  readonly pairing: Pairing;
  readonly ref: Buffer;
  /** The companion's ephemeral key, wrapped by the code: salt (32), IV (16), key (32). */
  readonly #wrappedCompanion: Buffer;
  readonly #random: Random;
  readonly #ephemeral: KeyPair;
  #companion: Buffer | undefined;
  /** Called with the companion's finish. */
  #finished: ((bundle: { sealed: Buffer; identity: Buffer }) => void) | undefined;

  constructor(pairing: Pairing, wrappedCompanion: Buffer, random: Random) {
    this.pairing = pairing;
    this.ref = random.bytes(16);
    this.#wrappedCompanion = wrappedCompanion;
    this.#random = random;
    this.#ephemeral = newKeyPair(random);
  }

  /** The phone's user typed the code: the content of the `primary_hello` notification. */
  hello(code: string, accountKey: KeyPair): Stanza {
    const wrapped = this.#wrappedCompanion;
    const companionKey = pairingCodeKey(code, wrapped.subarray(0, 32));
    this.#companion = applyCtr(companionKey, wrapped.subarray(32, 48), wrapped.subarray(48, 80));
    const salt = this.#random.bytes(32);
    const iv = this.#random.bytes(16);
    const ours = applyCtr(pairingCodeKey(code, salt), iv, this.#ephemeral.public);
    return el("link_code_companion_reg", { stage: "primary_hello" }, [
      el("link_code_pairing_wrapped_primary_ephemeral_pub", {}, Buffer.concat([salt, iv, ours])),
      el("primary_identity_pub", {}, accountKey.public),
      el("link_code_pairing_ref", {}, this.ref),
    ]);
  }

  /** Resolves with what the companion sends in `companion_finish`. */
  finish(): Promise<{ sealed: Buffer; identity: Buffer }> {
    return new Promise((resolve) => (this.#finished = resolve));
  }

  finished(bundle: { sealed: Buffer; identity: Buffer }): boolean {
    this.#finished?.(bundle);
    return this.#finished !== undefined;
  }

  /** The ADV secret both sides derive. Throws when the code was wrong or the bundle is not what it should be. */
  secret(bundle: { sealed: Buffer; identity: Buffer }, accountKey: KeyPair): Buffer {
    if (!this.#companion) throw new Error("companion_finish before primary_hello");
    const { sealed, identity } = bundle;
    const shared = agree(this.#ephemeral, this.#companion);
    const key = hkdf(shared, 32, KEY_BUNDLE, sealed.subarray(0, 32));
    let opened: Buffer;
    try {
      opened = openGcm(key, sealed.subarray(32, 44), sealed.subarray(44));
    } catch {
      throw new Error("wrong pairing code: the phone cannot open what the client sent");
    }
    const random = opened.subarray(64);
    const named = opened.subarray(0, 32).equals(identity) && opened.subarray(32, 64).equals(accountKey.public);
    if (!named || random.length !== 32) throw new Error("the client's key bundle names other keys than its own");
    return hkdf(Buffer.concat([shared, agree(accountKey, identity), random]), 32, "adv_secret");
  }
}
