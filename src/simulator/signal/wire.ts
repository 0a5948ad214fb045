import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import { rawPublic, typedPublic } from "../crypto/curve.ts";

// Signal protocol, session version 3: one byte of two nibbles (current, oldest understood), then protobuf.
export const VERSION_BYTE = 0x33;
export const MAC_LENGTH = 8;

/** What stands in a `msg`; keys are raw 32 bytes. */
export interface RatchetMessage {
  readonly ratchetKey: Buffer;
  readonly counter: number;
  readonly previousCounter: number;
  readonly ciphertext: Buffer;
}

/** What stands in a `pkmsg`: who is calling, by which keys, and the first ratchet message. */
export interface PreKeyMessage {
  readonly registrationId: number;
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  readonly baseKey: Buffer;
  readonly identity: Buffer;
  readonly message: Buffer;
}

function assertVersion(bytes: Buffer): void {
  const version = (bytes[0] ?? 0) >> 4;
  if (version !== 3) throw new Error(`Signal message of version ${version}, not 3`);
}

export function encodeRatchetMessage(message: RatchetMessage): Buffer {
  const { counter, previousCounter, ciphertext } = message;
  const ratchetKey = typedPublic(message.ratchetKey);
  const body = proto.SignalMessage.encode({ ratchetKey, counter, previousCounter, ciphertext }).finish();
  return Buffer.concat([Buffer.from([VERSION_BYTE]), body]);
}

export function decodeRatchetMessage(bytes: Buffer): RatchetMessage {
  assertVersion(bytes);
  const message = proto.SignalMessage.decode(bytes.subarray(1, -MAC_LENGTH));
  if (!message.ratchetKey || !message.ciphertext) throw new Error("ratchet message without key or text");
  return {
    ratchetKey: rawPublic(message.ratchetKey),
    counter: message.counter ?? 0,
    previousCounter: message.previousCounter ?? 0,
    ciphertext: Buffer.from(message.ciphertext),
  };
}

export function encodePreKeyMessage(message: PreKeyMessage): Buffer {
  const body = proto.PreKeySignalMessage.encode({
    registrationId: message.registrationId,
    ...(message.preKeyId === undefined ? {} : { preKeyId: message.preKeyId }),
    signedPreKeyId: message.signedPreKeyId,
    baseKey: typedPublic(message.baseKey),
    identityKey: typedPublic(message.identity),
    message: message.message,
  }).finish();
  return Buffer.concat([Buffer.from([VERSION_BYTE]), body]);
}

export function decodePreKeyMessage(bytes: Buffer): PreKeyMessage {
  assertVersion(bytes);
  const message = proto.PreKeySignalMessage.decode(bytes.subarray(1));
  if (!message.baseKey || !message.identityKey || !message.message) throw new Error("pre-key message lacks a field");
  return {
    registrationId: message.registrationId ?? 0,
    preKeyId: message.preKeyId ?? undefined,
    signedPreKeyId: message.signedPreKeyId ?? 0,
    baseKey: rawPublic(message.baseKey),
    identity: rawPublic(message.identityKey),
    message: Buffer.from(message.message),
  };
}
