import { maxReceivingChains, maxSkippedKeys } from "./bounds.ts";
import { ByteReader, ByteWriter, keyLength, skippedKeys, skippedLength } from "./bytes.ts";
import { wipe } from "./primitives.ts";
import { assertState } from "./signal-error.ts";
import type { CurvePair } from "./x25519.ts";

/** What the other side sends on between two turns of the ratchet. */
export interface ReceivingChain {
  readonly ratchetKey: Buffer;
  /** Null once the other side has turned and every key of this chain that may still be needed is made. */
  key: Buffer | null;
  /** The counter of the next message. */
  next: number;
  /** Keys of messages that did not come yet (`skippedKeys`). */
  skipped: Buffer;
}

/** The first message is repeated like this until the other side has answered, and so is known to have the session. */
export interface PendingPreKey {
  readonly preKeyId: number | null;
  readonly signedPreKeyId: number;
}

/**
 * One session of the Double Ratchet (Signal specification, revision 1). Our half of a turn is made when we write next:
 * from a message of the other side's new turn until then, `ownRatchet` and `sending` are null.
 */
export interface SessionState {
  /** Identity and registration of the other side; keys are 32 raw bytes. */
  readonly remoteIdentity: Buffer;
  readonly remoteRegistrationId: number;
  /** The key by which whoever began the session made it: no two sessions have the same. */
  readonly baseKey: Buffer;
  root: Buffer;
  ownRatchet: CurvePair | null;
  sending: { key: Buffer; next: number } | null;
  /** The counter of the last message in our chain before this one. */
  previousCounter: number;
  /** The newest is the last. */
  receiving: ReceivingChain[];
  pending: PendingPreKey | null;
}

const flag = { pending: 1, preKey: 2, ratchet: 4, sending: 8 } as const;

/** Where the base key stands in a stored session. */
const baseKeyAt = 1 + keyLength;

export function baseKeyIn(stored: Buffer): Buffer {
  return stored.subarray(baseKeyAt, baseKeyAt + keyLength);
}

export function encodeSession(state: SessionState): Buffer {
  assertSession(state);
  const { pending, ownRatchet, sending } = state;
  const flags =
    (pending ? flag.pending : 0) |
    (pending && pending.preKeyId !== null ? flag.preKey : 0) |
    (ownRatchet ? flag.ratchet : 0) |
    (sending ? flag.sending : 0);
  const writer = new ByteWriter(encodedLength(state));
  writer.u8(flags).put(state.remoteIdentity, state.baseKey).u32(state.remoteRegistrationId);
  writer.put(state.root).u32(state.previousCounter);
  if (ownRatchet) writer.put(ownRatchet.private, ownRatchet.public);
  if (sending) writer.put(sending.key).u32(sending.next);
  if (pending) writer.u32(pending.signedPreKeyId);
  if (pending && pending.preKeyId !== null) writer.u32(pending.preKeyId);
  writer.u8(state.receiving.length);
  for (const { ratchetKey, key, next, skipped } of state.receiving) {
    writer.u8(key ? 1 : 0).put(ratchetKey);
    if (key) writer.put(key);
    writer.u32(next).u16(skippedKeys.count(skipped)).put(skipped);
  }
  return writer.done();
}

function encodedLength({ ownRatchet, sending, pending, receiving }: SessionState): number {
  const fixed = 1 + 2 * keyLength + 4 + keyLength + 4 + 1;
  const own = (ownRatchet ? 2 * keyLength : 0) + (sending ? keyLength + 4 : 0);
  const first = (pending ? 4 : 0) + (pending && pending.preKeyId !== null ? 4 : 0);
  const chain = ({ key, skipped }: ReceivingChain) => 1 + keyLength + (key ? keyLength : 0) + 4 + 2 + skipped.length;
  return receiving.reduce((sum, each) => sum + chain(each), fixed + own + first);
}

/** On a copy of the bytes: what is changed in the state changes nothing that is stored. Throws `damaged_record`. */
export function decodeSession(stored: Buffer): SessionState {
  const reader = new ByteReader(Buffer.from(stored));
  const flags = reader.u8();
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const [remoteIdentity, baseKey] = [reader.key(), reader.key()];
  const remoteRegistrationId = reader.u32();
  const root = reader.key();
  const previousCounter = reader.u32();
  const ownRatchet = has(flag.ratchet) ? { private: reader.key(), public: reader.key() } : null;
  const sending = has(flag.sending) ? { key: reader.key(), next: reader.u32() } : null;
  const signedPreKeyId = has(flag.pending) ? reader.u32() : null;
  const preKeyId = has(flag.preKey) ? reader.u32() : null;
  const receiving = Array.from({ length: reader.u8() }, () => decodeChain(reader));
  reader.end();
  const pending = signedPreKeyId === null ? null : { preKeyId, signedPreKeyId };
  const ends = { remoteIdentity, baseKey, remoteRegistrationId };
  return { ...ends, root, previousCounter, ownRatchet, sending, pending, receiving };
}

function decodeChain(reader: ByteReader): ReceivingChain {
  const isOpen = reader.u8() === 1;
  const ratchetKey = reader.key();
  const key = isOpen ? reader.key() : null;
  const next = reader.u32();
  return { ratchetKey, key, next, skipped: reader.take(reader.u16() * skippedLength) };
}

/** Overwrites the secrets of a state that was written, or is given up. */
export function wipeSession({ root, ownRatchet, sending, receiving }: SessionState): void {
  wipe(root, ownRatchet?.private, sending?.key);
  for (const { key, skipped } of receiving) wipe(key, skipped);
}

function assertSession({ receiving, sending, ownRatchet, pending, ...state }: SessionState): void {
  assertState(receiving.length <= maxReceivingChains, "a session has at most so many receiving chains");
  const skipped = receiving.reduce((sum, chain) => sum + skippedKeys.count(chain.skipped), 0);
  assertState(skipped <= maxSkippedKeys, "a session has at most so many skipped keys");
  assertState(sending === null || ownRatchet !== null, "who has a sending chain has its ratchet key");
  assertState(ownRatchet !== null || receiving.length > 0, "a session has an own ratchet key or one to answer");
  assertState(pending === null || sending !== null, "who waits for an answer has a chain to write on");
  assertState(
    receiving.slice(0, -1).every(({ key }) => key === null),
    "only the newest receiving chain goes on",
  );
  const keys = [state.root, state.baseKey, state.remoteIdentity, ...receiving.map(({ ratchetKey }) => ratchetKey)];
  assertState(keys.every(({ length }) => length === keyLength), "a key has 32 bytes"); // prettier-ignore
}
