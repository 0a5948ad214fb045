import { maxChainJump, maxTrialSteps } from "./bounds.ts";
import { ratchetDecrypt, ratchetEncrypt } from "./double-ratchet.ts";
import {
  type PreKeyMessageParts,
  type RatchetMessageParts,
  readPreKeyMessage,
  readRatchetMessage,
  writePreKeyMessage,
} from "./signal-message.ts";
import { SessionRecord } from "./session-record.ts";
import { type SessionState, wipeSession } from "./session-state.ts";
import { SignalError } from "./signal-error.ts";
import { acceptSession, beginSession, type LocalKeys, type PreKeyBundle } from "./x3dh.ts";

/** The kinds of encryption between two devices, as `enc` names them: with what begins a session, or without. */
export type DeviceCipherType = "pkmsg" | "msg";

/** What is stored of a device's sessions: our bytes, libsignal's JSON, or nothing. */
export type StoredSessions = Uint8Array | string | null;

/** `sessions` replaces what was stored; it must be written before the ciphertext leaves. */
export interface EncryptedForDevice {
  readonly type: DeviceCipherType;
  readonly ciphertext: Buffer;
  readonly sessions: Buffer;
}

/** `sessions` replaces what was stored; written together with the plaintext, which cannot be had again. */
export interface DecryptedFromDevice {
  readonly plaintext: Buffer;
  readonly sessions: Buffer;
  /** The one-time pre-key that began a session with this message: it must go with the same write. */
  readonly spentPreKey: number | null;
  /** Of the device, 32 raw bytes: the one under which the message is authentic. */
  readonly identity: Buffer;
}

/** Begins a session that becomes the one to write on; older ones stay for what is under way. Throws `forged`. */
export function startSession(stored: StoredSessions, local: LocalKeys, bundle: PreKeyBundle): Buffer {
  const record = readOrNew(stored);
  const state = beginSession(local, bundle);
  record.add(state);
  wipeSession(state);
  return record.encode();
}

/** Throws `no_session` when none is open. */
export function encryptForDevice(stored: StoredSessions, local: LocalKeys, plaintext: Uint8Array): EncryptedForDevice {
  const record = SessionRecord.read(stored);
  if (!record.isOpen) throw new SignalError("no_session", "There is no open session with this device.");
  const state = record.at(0);
  const message = ratchetEncrypt(state, local.identity.public, plaintext);
  record.put(0, state);
  const { pending, baseKey } = state;
  wipeSession(state);
  const sessions = record.encode();
  if (!pending) return { type: "msg", ciphertext: message, sessions };
  const { registrationId, identity } = local;
  const parts = { ...pending, registrationId, identity: identity.public, baseKey, message };
  return { type: "pkmsg", ciphertext: writePreKeyMessage(parts), sessions };
}

/**
 * Every session is tried on a copy, so one that does not open the message is as it was. Throws `SignalError`; then nothing
 * has changed and what is stored stays.
 */
export function decryptFromDevice(
  stored: StoredSessions,
  local: LocalKeys,
  type: DeviceCipherType,
  ciphertext: Uint8Array,
): DecryptedFromDevice {
  const record = type === "pkmsg" ? readOrNew(stored) : SessionRecord.read(stored);
  const bytes = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength);
  if (type === "msg") return decryptWithAny(record, local, bytes);
  const first = readPreKeyMessage(bytes);
  const place = record.find(first.baseKey);
  return place < 0
    ? decryptFirst(record, local, first)
    : decryptAt(record, local, place, { message: first.message }, first.identity);
}

function decryptFirst(record: SessionRecord, local: LocalKeys, first: PreKeyMessageParts): DecryptedFromDevice {
  const state = acceptSession(local, first);
  const plaintext = tried(state, local, first.message);
  record.add(state);
  const identity = Buffer.from(state.remoteIdentity);
  wipeSession(state);
  return { plaintext, sessions: record.encode(), spentPreKey: first.preKeyId, identity };
}

function decryptWithAny(record: SessionRecord, local: LocalKeys, message: Buffer): DecryptedFromDevice {
  if (record.size === 0) throw new SignalError("no_session", "There is no session with this device.");
  const parts = readRatchetMessage(message);
  const { ratchetKey, counter } = parts;
  let refusal: SignalError | null = null;
  let steps = 0;
  for (const place of record.candidates(ratchetKey)) {
    steps += Math.min(counter, maxChainJump);
    if (steps > maxTrialSteps) break;
    try {
      return decryptAt(record, local, place, { message, parts });
    } catch (error) {
      if (!(error instanceof SignalError)) throw error;
      // The first is of the session that knows the ratchet key, if one does: it says most.
      refusal ??= error;
    }
  }
  throw refusal ?? new SignalError("no_session", "There is no session with this device.");
}

function decryptAt(
  record: SessionRecord,
  local: LocalKeys,
  place: number,
  read: { message: Buffer; parts?: RatchetMessageParts | undefined },
  claimed?: Buffer,
): DecryptedFromDevice {
  const state = record.at(place);
  if (claimed && !claimed.equals(state.remoteIdentity)) {
    throw new SignalError("forged", "A first message names another identity than its session has.");
  }
  const plaintext = tried(state, local, read.message, read.parts);
  record.put(place, state);
  const identity = Buffer.from(state.remoteIdentity);
  wipeSession(state);
  if (place > 0 || !record.isOpen) record.activate(place);
  return { plaintext, sessions: record.encode(), spentPreKey: null, identity };
}

/** A copy that failed holds keys too. */
function tried(state: SessionState, local: LocalKeys, message: Buffer, parts?: RatchetMessageParts): Buffer {
  try {
    return ratchetDecrypt(state, local.identity.public, message, parts);
  } catch (error) {
    wipeSession(state);
    throw error;
  }
}

/** What a look at stored sessions tells: the open one's base key, whose device it is, how many there are. */
export interface SessionSummary {
  readonly open: { readonly baseKey: Buffer; readonly registrationId: number; readonly identity: Buffer } | null;
  readonly size: number;
}

/** A record that does not read has no open session, so that a new one is begun. */
export function inspectSessions(stored: StoredSessions): SessionSummary {
  try {
    const record = SessionRecord.read(stored);
    if (!record.isOpen) return { open: null, size: record.size };
    const state = record.at(0);
    const { baseKey, remoteRegistrationId: registrationId, remoteIdentity: identity } = state;
    wipeSession(state);
    return { open: { baseKey, registrationId, identity }, size: record.size };
  } catch (error) {
    if (isDamage(error)) return { open: null, size: 0 };
    throw error;
  }
}

/** Where a session begins, a record that does not read is no obstacle: what was in it is lost already. */
function readOrNew(stored: StoredSessions): SessionRecord {
  try {
    return SessionRecord.read(stored);
  } catch (error) {
    if (isDamage(error)) return SessionRecord.read(null);
    throw error;
  }
}

const isDamage = (error: unknown): boolean => error instanceof SignalError && error.code === "damaged_record";

/** Nothing is written on the open session any more; what is under way can still be read. Null when there is none. */
export function closeSessions(stored: StoredSessions): Buffer | null {
  const record = SessionRecord.read(stored);
  if (record.size === 0) return null;
  record.close();
  return record.encode();
}

/** The sessions of one device that stood in two places: those of `newer` before the others. */
export function mergeSessions(newer: StoredSessions, older: StoredSessions): Buffer {
  return SessionRecord.read(newer).followedBy(SessionRecord.read(older)).encode();
}
