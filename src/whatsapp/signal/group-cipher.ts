import { randomBytes, randomInt } from "node:crypto";
import { maxSenderKeyJump, maxSenderKeyStates, maxSkippedKeys } from "./bounds.ts";
import { numberBytes, skippedKeys } from "./bytes.ts";
import { decryptCbc, encryptCbc, hkdfSha256, hmacSha256, wipe } from "./primitives.ts";
import { decodeSenderKeys, encodeSenderKeys, type SenderKeyState, wipeSenderKeys } from "./sender-key-record.ts";
import { readDistribution, readGroupMessage, writeDistribution, writeGroupMessage } from "./signal-message.ts";
import { SignalError } from "./signal-error.ts";
import { generateSigningPair, signatureLength, signWithSeed, signXeddsa, verifyXeddsa } from "./xeddsa.ts";

/** What is stored of one author's sender key in one group: our bytes, Baileys' JSON, or nothing. */
export type StoredSenderKey = Uint8Array | string | null;

const messageKeyConstant = Buffer.from([1]);
const chainKeyConstant = Buffer.from([2]);
const noSalt = Buffer.alloc(32);
/** Ids are positive in the languages that have no unsigned numbers. */
const maxKeyId = 0x7fff_ffff;

/** The own sender key: made when there is none. `distribution` tells members how to read what is encrypted from now on. */
export function ownSenderKey(stored: StoredSenderKey): { senderKey: Buffer; distribution: Buffer } {
  const states = decodeSenderKeys(stored);
  const state = states[0]?.secret ? states[0] : newState();
  const { keyId, next: iteration, chainKey, signingKey } = state;
  const distribution = writeDistribution({ keyId, iteration, chainKey, signingKey });
  const all = state === states[0] ? states : [state, ...states].slice(0, maxSenderKeyStates);
  const senderKey = encodeSenderKeys(all);
  wipeSenderKeys(all);
  return { senderKey, distribution };
}

function newState(): SenderKeyState {
  const { seed, public: signingKey } = generateSigningPair();
  const chainKey = randomBytes(32);
  const secret = { kind: "seed", bytes: seed } as const;
  return { keyId: randomInt(maxKeyId), next: 0, chainKey, signingKey, secret, skipped: skippedKeys.none };
}

/** `senderKey` replaces what was stored; it must be written before the ciphertext leaves. Throws `no_session`. */
export function encryptForGroup(
  stored: StoredSenderKey,
  plaintext: Uint8Array,
): { senderKey: Buffer; ciphertext: Buffer } {
  const states = decodeSenderKeys(stored);
  const [state] = states;
  if (!state?.secret) throw new SignalError("no_session", "This device has no sender key of its own in the group.");
  const seed = hmacSha256(state.chainKey, messageKeyConstant);
  const keys = messageKeys(seed);
  const { keyId, next: iteration, secret } = state;
  const message = writeGroupMessage({ keyId, iteration, ciphertext: encryptCbc(keys.cipher, keys.iv, plaintext) });
  const body = message.subarray(0, -signatureLength);
  const signature = secret.kind === "seed" ? signWithSeed(secret.bytes, body) : signXeddsa(secret.bytes, body);
  message.set(signature, body.length);
  const { chainKey } = state;
  state.chainKey = hmacSha256(chainKey, chainKeyConstant);
  state.next += 1;
  wipe(seed, keys.all, chainKey);
  const senderKey = encodeSenderKeys(states);
  wipeSenderKeys(states);
  return { senderKey, ciphertext: message };
}

/**
 * What an author told of his sender key. One that is known stays where it is: it can be moved ahead and not back, so that
 * nothing is read twice. Throws `malformed`.
 */
export function acceptSenderKey(stored: StoredSenderKey, distribution: Uint8Array): Buffer {
  const bytes = Buffer.from(distribution.buffer, distribution.byteOffset, distribution.byteLength);
  const { keyId, iteration: next, chainKey, signingKey } = readDistribution(bytes);
  const states = decodeSenderKeys(stored);
  const known = states.find((state) => state.keyId === keyId && state.signingKey.equals(signingKey));
  const reaches = known && next - known.next <= maxSenderKeyJump;
  const told: SenderKeyState = { keyId, next, chainKey, signingKey, secret: null, skipped: skippedKeys.none };
  const others = states.filter((state) => state !== known && state.keyId !== keyId);
  const senderKey = encodeSenderKeys([reaches ? known : told, ...others].slice(0, maxSenderKeyStates));
  wipeSenderKeys(states);
  return senderKey;
}

/**
 * `senderKey` replaces what was stored, together with the plaintext. Throws `SignalError`; then nothing has changed. The
 * signature is checked before anything is derived, so that nobody but the author can cost us steps of the chain.
 */
export function decryptFromGroup(
  stored: StoredSenderKey,
  ciphertext: Uint8Array,
): { senderKey: Buffer; plaintext: Buffer } {
  const bytes = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength);
  const message = readGroupMessage(bytes);
  const states = decodeSenderKeys(stored);
  try {
    const state = states.find(({ keyId }) => keyId === message.keyId);
    if (!state) throw new SignalError("no_session", `The author's sender key ${message.keyId} is not known.`);
    const body = bytes.subarray(0, -signatureLength);
    if (!verifyXeddsa(state.signingKey, body, bytes.subarray(-signatureLength))) {
      throw new SignalError("forged", "The signature of the message is not that of the sender key.");
    }
    const seed = takeSeed(state, message.iteration);
    const keys = messageKeys(seed);
    const plaintext = decryptCbc(keys.cipher, keys.iv, message.ciphertext);
    wipe(seed, keys.all);
    return { senderKey: encodeSenderKeys(states), plaintext };
  } finally {
    wipeSenderKeys(states);
  }
}

/** The key of one message, which nobody gets again; those of the messages before it are kept, the newest of them. */
function takeSeed(state: SenderKeyState, iteration: number): Buffer {
  const { skipped } = state;
  if (iteration < state.next) {
    const place = skippedKeys.find(skipped, iteration);
    if (place < 0) throw new SignalError("already_read", `Message ${iteration} of this sender key was read before.`);
    const seed = Buffer.from(skippedKeys.key(skipped, place));
    state.skipped = skippedKeys.without(skipped, place);
    wipe(skipped);
    return seed;
  }
  const jump = iteration - state.next;
  if (jump > maxSenderKeyJump) {
    throw new SignalError(
      "too_far_ahead",
      `Message ${iteration} is more than ${maxSenderKeyJump} ahead of ${state.next}.`,
    );
  }
  const passed: Buffer[] = [];
  for (; state.next < iteration; state.next++) {
    if (iteration - state.next <= maxSkippedKeys)
      passed.push(numberBytes(state.next), hmacSha256(state.chainKey, messageKeyConstant));
    stepChain(state);
  }
  if (passed.length > 0) keepPassed(state, passed);
  const seed = hmacSha256(state.chainKey, messageKeyConstant);
  stepChain(state);
  state.next += 1;
  return seed;
}

function stepChain(state: SenderKeyState): void {
  const { chainKey } = state;
  state.chainKey = hmacSha256(chainKey, chainKeyConstant);
  wipe(chainKey);
}

function keepPassed(state: SenderKeyState, passed: readonly Buffer[]): void {
  const all = Buffer.concat([state.skipped, ...passed]);
  wipe(state.skipped, ...passed);
  const surplus = Math.max(0, skippedKeys.count(all) - maxSkippedKeys);
  wipe(all.subarray(0, all.length - skippedKeys.dropFirst(all, surplus).length));
  state.skipped = skippedKeys.dropFirst(all, surplus);
}

function messageKeys(seed: Buffer): { iv: Buffer; cipher: Buffer; all: Buffer } {
  const all = hkdfSha256(seed, noSalt, "WhisperGroup", 48);
  return { iv: all.subarray(0, 16), cipher: all.subarray(16), all };
}
