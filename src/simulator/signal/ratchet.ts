import { timingSafeEqual } from "node:crypto";
import { hkdf, hmac, openCbc, sealCbc } from "../crypto/cipher.ts";
import { agree, type KeyPair, newKeyPair, typedPublic } from "../crypto/curve.ts";
import type { Random } from "../base/random.ts";
import { decodeRatchetMessage, encodeRatchetMessage, MAC_LENGTH, type RatchetMessage } from "./wire.ts";
import { ReadBefore } from "./read-before.ts";

const ONE = Buffer.from([1]);
const TWO = Buffer.from([2]);
const MOST_SKIPPED = 2000;
const MOST_CHAINS = 5;

interface ReceivingChain {
  readonly ratchetKey: Buffer;
  key: Buffer;
  /** The counter the next message of this chain will have. */
  next: number;
  readonly skipped: Map<number, Buffer>;
}

/** The public identities at both ends of a session, raw 32 bytes; both are under every message's MAC. */
export interface Ends {
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

/** The Double Ratchet (Signal specification, revision 1) with the key derivations of Signal's session version 3. */
export class Ratchet {
  readonly ends: Ends;
  readonly #random: Random;
  #root: Buffer;
  #own: KeyPair;
  #sending: { key: Buffer; next: number } | undefined;
  #previousCounter = 0;
  #receiving: ReceivingChain[] = [];

  private constructor(ends: Ends, root: Buffer, own: KeyPair, random: Random) {
    this.ends = ends;
    this.#root = root;
    this.#own = own;
    this.#random = random;
  }

  /** The side that sends first: it knows the other's ratchet key already (their signed pre-key). */
  static initiator(ends: Ends, root: Buffer, theirRatchet: Buffer, random: Random): Ratchet {
    const ratchet = new Ratchet(ends, root, newKeyPair(random), random);
    const [next, chain] = step(root, agree(ratchet.#own, theirRatchet));
    ratchet.#root = next;
    ratchet.#sending = { key: chain, next: 0 };
    return ratchet;
  }

  static responder(ends: Ends, root: Buffer, signedPreKey: KeyPair, random: Random): Ratchet {
    return new Ratchet(ends, root, signedPreKey, random);
  }

  encrypt(plain: Uint8Array): Buffer {
    if (!this.#sending) throw new Error("nothing was received yet, so there is no chain to send on");
    const { key, next } = this.#sending;
    const keys = messageKeys(hmac(key, ONE));
    const body = encodeRatchetMessage({
      ratchetKey: this.#own.public,
      counter: next,
      previousCounter: this.#previousCounter,
      ciphertext: sealCbc(keys.cipher, keys.iv, plain),
    });
    this.#sending = { key: hmac(key, TWO), next: next + 1 };
    return Buffer.concat([body, this.#mac(keys.mac, this.ends.ours, this.ends.theirs, body)]);
  }

  /** Throws, and changes nothing, when the message is not of this session, was read before, or is forged. */
  decrypt(bytes: Buffer): Buffer {
    const message = decodeRatchetMessage(bytes);
    const known = this.#receiving.find((chain) => chain.ratchetKey.equals(message.ratchetKey));
    const turn = known ? undefined : this.#turn(message);
    const chain = known ?? turn?.chain;
    if (!chain) throw new Error("no chain for this ratchet key");
    const taken = advance(chain, message.counter);
    const keys = messageKeys(taken.seed);
    const body = bytes.subarray(0, -MAC_LENGTH);
    const mac = this.#mac(keys.mac, this.ends.theirs, this.ends.ours, body);
    if (!timingSafeEqual(mac, bytes.subarray(-MAC_LENGTH))) throw new Error("wrong MAC");
    const plain = openCbc(keys.cipher, keys.iv, message.ciphertext);
    taken.apply();
    turn?.apply();
    return plain;
  }

  /** What a turn of the ratchet would make of the state; nothing is changed before `apply`. */
  #turn(message: RatchetMessage): { chain: ReceivingChain; apply(): void } {
    const [root, key] = step(this.#root, agree(this.#own, message.ratchetKey));
    const chain: ReceivingChain = { ratchetKey: message.ratchetKey, key, next: 0, skipped: new Map() };
    const apply = (): void => {
      const last = this.#receiving.at(-1);
      // previousCounter is the last counter of the sender's former chain: keep keys for what is still on its way.
      if (last && last.next <= message.previousCounter) advance(last, message.previousCounter + 1).apply();
      this.#receiving = [...this.#receiving, chain].slice(-MOST_CHAINS);
      this.#previousCounter = Math.max(0, (this.#sending?.next ?? 0) - 1);
      this.#own = newKeyPair(this.#random);
      const [nextRoot, sendingKey] = step(root, agree(this.#own, message.ratchetKey));
      this.#root = nextRoot;
      this.#sending = { key: sendingKey, next: 0 };
    };
    return { chain, apply };
  }

  #mac(key: Buffer, sender: Buffer, receiver: Buffer, body: Buffer): Buffer {
    return hmac(key, typedPublic(sender), typedPublic(receiver), body).subarray(0, MAC_LENGTH);
  }
}

function step(root: Buffer, shared: Buffer): [Buffer, Buffer] {
  const keys = hkdf(shared, 64, "WhisperRatchet", root);
  return [keys.subarray(0, 32), keys.subarray(32)];
}

function messageKeys(seed: Buffer): { cipher: Buffer; mac: Buffer; iv: Buffer } {
  const keys = hkdf(seed, 80, "WhisperMessageKeys", Buffer.alloc(32));
  return { cipher: keys.subarray(0, 32), mac: keys.subarray(32, 64), iv: keys.subarray(64) };
}

/** The message key for a counter, and what taking it does to the chain. */
function advance(chain: ReceivingChain, counter: number): { seed: Buffer; apply(): void } {
  const kept = chain.skipped.get(counter);
  if (kept) return { seed: kept, apply: () => chain.skipped.delete(counter) };
  if (counter < chain.next) throw new ReadBefore(`message ${counter} of this chain was read before`);
  if (counter - chain.next > MOST_SKIPPED) throw new Error(`message ${counter} is too far ahead of ${chain.next}`);
  let { key } = chain;
  const passed: [number, Buffer][] = [];
  for (let at = chain.next; at < counter; at++) {
    passed.push([at, hmac(key, ONE)]);
    key = hmac(key, TWO);
  }
  const apply = (): void => {
    for (const [at, seed] of passed) chain.skipped.set(at, seed);
    chain.key = hmac(key, TWO);
    chain.next = counter + 1;
  };
  return { seed: hmac(key, ONE), apply };
}
