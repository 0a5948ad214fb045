import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { hkdf, hmac, openCbc, sealCbc } from "../crypto/cipher.ts";
import { type KeyPair, newKeyPair, rawPublic, sign, typedPublic, verify } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";
import { VERSION_BYTE } from "./wire.ts";
import { ReadBefore } from "./read-before.ts";

const VERSION = Buffer.from([VERSION_BYTE]);
const SIGNATURE = 64;
const MOST_SKIPPED = 2000;
const MOST_STATES = 5;

function messageKey(chain: Buffer): { iv: Buffer; key: Buffer } {
  const keys = hkdf(hmac(chain, Buffer.from([1])), 48, "WhisperGroup", Buffer.alloc(32));
  return { iv: keys.subarray(0, 16), key: keys.subarray(16) };
}

function nextChain(chain: Buffer): Buffer {
  return hmac(chain, Buffer.from([2]));
}

/** The sender key of one device in one group: it encrypts once for all members who were told the key. */
export class SenderKey {
  readonly id: number;
  readonly #signing: KeyPair;
  #chain: Buffer;
  #iteration = 0;

  constructor(random: Random) {
    this.id = random.below(0x7fffffff);
    this.#signing = newKeyPair(random);
    this.#chain = random.bytes(32);
  }

  /** The distribution message: who has it can read what is encrypted from now on. */
  distribution(): Buffer {
    const signingKey = typedPublic(this.#signing.public);
    const message = { id: this.id, iteration: this.#iteration, chainKey: this.#chain, signingKey };
    return Buffer.concat([VERSION, proto.SenderKeyDistributionMessage.encode(message).finish()]);
  }

  encrypt(plain: Uint8Array): Buffer {
    const { iv, key } = messageKey(this.#chain);
    const message = { id: this.id, iteration: this.#iteration, ciphertext: sealCbc(key, iv, plain) };
    this.#iteration += 1;
    this.#chain = nextChain(this.#chain);
    const body = Buffer.concat([VERSION, proto.SenderKeyMessage.encode(message).finish()]);
    return Buffer.concat([body, sign(this.#signing, body)]);
  }
}

interface ReceivedKey {
  readonly id: number;
  readonly signingKey: Buffer;
  chain: Buffer;
  next: number;
  readonly skipped: Map<number, Buffer>;
}

/** Which step of which sender key a group ciphertext is of. */
export function senderKeyStep(bytes: Buffer): { keyId: number; iteration: number } {
  const message = proto.SenderKeyMessage.decode(bytes.subarray(1, -SIGNATURE));
  return { keyId: message.id ?? 0, iteration: message.iteration ?? 0 };
}

/** What one device was told of another device's sender keys in one group. */
export class ReceivedSenderKeys {
  #states: ReceivedKey[] = [];

  /** Takes a distribution message. Throws when it lacks a part. */
  accept(distribution: Uint8Array): void {
    const message = proto.SenderKeyDistributionMessage.decode(distribution.subarray(1));
    if (!message.chainKey || !message.signingKey) throw new Error("a sender key without chain or signing key");
    const state: ReceivedKey = {
      id: message.id ?? 0,
      signingKey: rawPublic(message.signingKey),
      chain: Buffer.from(message.chainKey),
      next: message.iteration ?? 0,
      skipped: new Map(),
    };
    this.#states = [state, ...this.#states.filter((one) => one.id !== state.id)].slice(0, MOST_STATES);
  }

  /** Throws when the key is unknown, the signature wrong, or the message was read before. */
  decrypt(bytes: Buffer): Buffer {
    const body = bytes.subarray(0, -SIGNATURE);
    const message = proto.SenderKeyMessage.decode(body.subarray(1));
    const { keyId, iteration } = senderKeyStep(bytes);
    const state = this.#states.find((one) => one.id === keyId);
    if (!state || !message.ciphertext) throw new Error(`no sender key ${keyId}`);
    if (!verify(state.signingKey, body, bytes.subarray(-SIGNATURE))) throw new Error("wrong signature of a sender key");
    const { iv, key } = messageKey(takeChain(state, iteration));
    return openCbc(key, iv, message.ciphertext);
  }
}

function takeChain(state: ReceivedKey, iteration: number): Buffer {
  const kept = state.skipped.get(iteration);
  if (kept) {
    state.skipped.delete(iteration);
    return kept;
  }
  if (iteration < state.next) throw new ReadBefore(`group message ${iteration} was read before`);
  if (iteration - state.next > MOST_SKIPPED) throw new Error(`group message ${iteration} is too far ahead`);
  for (; state.next < iteration; state.next++) {
    state.skipped.set(state.next, state.chain);
    state.chain = nextChain(state.chain);
  }
  const chain = state.chain;
  state.chain = nextChain(chain);
  state.next++;
  return chain;
}
