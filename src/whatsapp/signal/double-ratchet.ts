import { timingSafeEqual } from "node:crypto";
import { maxChainJump, maxReceivingChains, maxSkippedKeys } from "./bounds.ts";
import { numberBytes, skippedKeys } from "./bytes.ts";
import { decryptCbc, encryptCbc, hkdfSha256, hmacSha256, wipe } from "./primitives.ts";
import { SignalError } from "./signal-error.ts";
import { macLength, type RatchetMessageParts, readRatchetMessage, writeRatchetMessage } from "./signal-message.ts";
import type { ReceivingChain, SessionState } from "./session-state.ts";
import { agreement, generateCurvePair, typedPublicKey } from "./x25519.ts";

// Constants of the key derivation (Double Ratchet specification, sections 2.2, 5.2; infos of Signal's session version 3).
const messageKeyConstant = Buffer.from([1]);
const chainKeyConstant = Buffer.from([2]);
const noSalt = Buffer.alloc(32);

/** Encrypts with the next key of the sending chain; `ourIdentity` is raw. Changes the state. */
export function ratchetEncrypt(state: SessionState, ourIdentity: Buffer, plaintext: Uint8Array): Buffer {
  if (!state.sending) turnToSend(state);
  const { sending, ownRatchet } = state;
  if (!sending || !ownRatchet) throw new SignalError("no_session", "The session has no chain to write on.");
  const seed = hmacSha256(sending.key, messageKeyConstant);
  const keys = messageKeys(seed);
  const ciphertext = encryptCbc(keys.cipher, keys.iv, plaintext);
  const { previousCounter } = state;
  const counter = sending.next;
  const message = writeRatchetMessage({ ratchetKey: ownRatchet.public, counter, previousCounter, ciphertext });
  const body = message.subarray(0, -macLength);
  message.set(macOf(keys.mac, ourIdentity, state.remoteIdentity, body), body.length);
  state.sending = { key: hmacSha256(sending.key, chainKeyConstant), next: counter + 1 };
  wipe(seed, keys.all, sending.key);
  return message;
}

/**
 * Decrypts and advances the state. Throws `already_read`, `too_far_ahead`, `forged` or `malformed`; then the state is
 * undefined and must be thrown away, so this is done on a copy.
 */
export function ratchetDecrypt(
  state: SessionState,
  ourIdentity: Buffer,
  message: Buffer,
  parts: RatchetMessageParts = readRatchetMessage(message),
): Buffer {
  const known = state.receiving.find(({ ratchetKey }) => ratchetKey.equals(parts.ratchetKey));
  const chain = known ?? turnToReceive(state, parts);
  const seed = takeSeed(chain, parts.counter);
  const keys = messageKeys(seed);
  const mac = macOf(keys.mac, state.remoteIdentity, ourIdentity, message.subarray(0, -macLength));
  if (!timingSafeEqual(mac, message.subarray(-macLength))) {
    throw new SignalError("forged", "The MAC of the message is not that of the session.");
  }
  const plaintext = decryptCbc(keys.cipher, keys.iv, parts.ciphertext);
  wipe(seed, keys.all);
  dropOldestKeys(state);
  state.pending = null;
  return plaintext;
}

/** Our half of a turn: a new ratchet key against the newest one of the other side. */
export function turnToSend(state: SessionState): void {
  const theirs = state.receiving.at(-1);
  if (!theirs)
    throw new SignalError("no_session", "Nothing was received in this session, so there is nothing to answer.");
  state.ownRatchet = generateCurvePair();
  const [root, key] = stepRoot(state.root, state.ownRatchet.private, theirs.ratchetKey);
  state.root = root;
  state.sending = { key, next: 0 };
}

/** The other side's half: a new receiving chain. Our own chain ends, and what the last one still needs is kept. */
function turnToReceive(state: SessionState, { ratchetKey, previousCounter }: RatchetMessageParts): ReceivingChain {
  const { ownRatchet, sending } = state;
  if (!ownRatchet) throw new SignalError("forged", "The other side turned the ratchet twice without an answer.");
  const [root, key] = stepRoot(state.root, ownRatchet.private, ratchetKey);
  const last = state.receiving.at(-1);
  if (last) closeChain(last, previousCounter);
  const chain: ReceivingChain = { ratchetKey, key, next: 0, skipped: skippedKeys.none };
  const dropped = state.receiving.splice(0, state.receiving.length - maxReceivingChains + 1);
  for (const { skipped } of dropped) wipe(skipped);
  state.receiving.push(chain);
  state.root = root;
  state.previousCounter = sending ? Math.max(0, sending.next - 1) : 0;
  wipe(ownRatchet.private, sending?.key);
  state.ownRatchet = null;
  state.sending = null;
  return chain;
}

/** After it nothing more comes on this chain but what is under way, up to the counter that the other side tells. */
function closeChain(chain: ReceivingChain, lastCounter: number): void {
  if (chain.key && lastCounter >= chain.next) skipTo(chain, Math.min(lastCounter + 1, chain.next + maxChainJump));
  wipe(chain.key);
  chain.key = null;
}

/** The key of one message, which nobody gets again. */
function takeSeed(chain: ReceivingChain, counter: number): Buffer {
  if (counter < chain.next) {
    const place = skippedKeys.find(chain.skipped, counter);
    if (place < 0) throw new SignalError("already_read", `Message ${counter} of this chain was read before.`);
    const seed = Buffer.from(skippedKeys.key(chain.skipped, place));
    const { skipped } = chain;
    chain.skipped = skippedKeys.without(skipped, place);
    wipe(skipped);
    return seed;
  }
  if (!chain.key) throw new SignalError("already_read", `Message ${counter} is behind the end of its chain.`);
  if (counter - chain.next > maxChainJump) {
    throw new SignalError("too_far_ahead", `Message ${counter} is more than ${maxChainJump} ahead of ${chain.next}.`);
  }
  skipTo(chain, counter);
  const { key } = chain;
  chain.key = hmacSha256(key, chainKeyConstant);
  chain.next = counter + 1;
  const seed = hmacSha256(key, messageKeyConstant);
  wipe(key);
  return seed;
}

/** Keeps the keys of all messages before `counter`. */
function skipTo(chain: ReceivingChain, counter: number): void {
  if (!chain.key || counter === chain.next) return;
  let { key } = chain;
  const passed: Buffer[] = [chain.skipped];
  for (; chain.next < counter; chain.next++) {
    passed.push(numberBytes(chain.next), hmacSha256(key, messageKeyConstant));
    const next = hmacSha256(key, chainKeyConstant);
    wipe(key);
    key = next;
  }
  chain.key = key;
  chain.skipped = Buffer.concat(passed);
  wipe(...passed);
}

/** Of those that a session may keep in all, the newest stay. */
function dropOldestKeys({ receiving }: SessionState): void {
  let surplus = receiving.reduce((sum, { skipped }) => sum + skippedKeys.count(skipped), 0) - maxSkippedKeys;
  for (const chain of receiving) {
    if (surplus <= 0) return;
    const dropped = Math.min(surplus, skippedKeys.count(chain.skipped));
    const kept = Buffer.from(skippedKeys.dropFirst(chain.skipped, dropped));
    wipe(chain.skipped);
    chain.skipped = kept;
    surplus -= dropped;
  }
}

/** The next root key and the chain key that a new agreement gives. */
export function stepRoot(root: Buffer, ours: Buffer, theirs: Buffer): [Buffer, Buffer] {
  const shared = agreement(ours, theirs);
  const keys = hkdfSha256(shared, root, "WhisperRatchet", 64);
  wipe(shared, root);
  return [keys.subarray(0, 32), keys.subarray(32)];
}

function messageKeys(seed: Buffer): { cipher: Buffer; mac: Buffer; iv: Buffer; all: Buffer } {
  const all = hkdfSha256(seed, noSalt, "WhisperMessageKeys", 80);
  return { cipher: all.subarray(0, 32), mac: all.subarray(32, 64), iv: all.subarray(64), all };
}

/** Both identities are under it, so that a message of one conversation is none of another. */
function macOf(key: Buffer, sender: Buffer, receiver: Buffer, body: Buffer): Buffer {
  return hmacSha256(key, typedPublicKey(sender), typedPublicKey(receiver), body).subarray(0, macLength);
}
