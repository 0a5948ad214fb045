import { readProtobuf, writeProtobuf } from "./protobuf.ts";
import { SignalError } from "./signal-error.ts";
import { rawPublicKey, typedPublicKey } from "./x25519.ts";
import { signatureLength } from "./xeddsa.ts";

/** Session version 3 twice: the present one, and the oldest that is understood. */
const versionByte = 0x33;
/** Bytes of the MAC behind a ratchet message. */
export const macLength = 8;

/** What a `msg` holds; keys are 32 raw bytes. */
export interface RatchetMessageParts {
  readonly ratchetKey: Buffer;
  /** Of this message in its chain, from 0. */
  readonly counter: number;
  /** Of the last message in the sender's chain before this one. */
  readonly previousCounter: number;
  readonly ciphertext: Buffer;
}

/** What a `pkmsg` holds: who begins a session with which keys, and his first ratchet message. */
export interface PreKeyMessageParts {
  readonly registrationId: number;
  /** Null when the reader had no one-time pre-key left. */
  readonly preKeyId: number | null;
  readonly signedPreKeyId: number;
  readonly baseKey: Buffer;
  readonly identity: Buffer;
  readonly message: Buffer;
}

/** What a `skmsg` holds, behind which stands its signature. */
export interface GroupMessageParts {
  readonly keyId: number;
  readonly iteration: number;
  readonly ciphertext: Buffer;
}

/** What tells a member of a group the sender key of another. */
export interface SenderKeyDistribution {
  readonly keyId: number;
  readonly iteration: number;
  readonly chainKey: Buffer;
  readonly signingKey: Buffer;
}

function fieldsOf(bytes: Buffer, tail: number) {
  if (bytes.length <= tail + 1) throw new SignalError("malformed", `A message of ${bytes.length} bytes is too short.`);
  const version = (bytes[0] ?? 0) >> 4;
  if (version !== 3) throw new SignalError("malformed", `The message is of version ${version}, not 3.`);
  return readProtobuf(bytes, 1, bytes.length - tail);
}

const lacks = (what: string): SignalError => new SignalError("malformed", `The message has no ${what}.`);

/** The message without its MAC, for which room is left. */
export function writeRatchetMessage(message: RatchetMessageParts): Buffer {
  const { counter, previousCounter, ciphertext } = message;
  const ratchetKey = typedPublicKey(message.ratchetKey);
  const fields = [[1, ratchetKey], [2, counter], [3, previousCounter], [4, ciphertext]] as const; // prettier-ignore
  return writeProtobuf(versionByte, fields, macLength);
}

export function readRatchetMessage(message: Buffer): RatchetMessageParts {
  const { numbers, bytes } = fieldsOf(message, macLength);
  const ratchetKey = bytes[1] ?? null;
  const ciphertext = bytes[4] ?? null;
  if (!ratchetKey || !ciphertext) throw lacks("ratchet key or ciphertext");
  return {
    ratchetKey: rawPublicKey(ratchetKey),
    counter: numbers[2] ?? 0,
    previousCounter: numbers[3] ?? 0,
    ciphertext,
  };
}

export function writePreKeyMessage(parts: PreKeyMessageParts): Buffer {
  return writeProtobuf(versionByte, [
    ...(parts.preKeyId === null ? [] : [[1, parts.preKeyId] as const]),
    [2, typedPublicKey(parts.baseKey)],
    [3, typedPublicKey(parts.identity)],
    [4, parts.message],
    [5, parts.registrationId],
    [6, parts.signedPreKeyId],
  ]);
}

export function readPreKeyMessage(message: Buffer): PreKeyMessageParts {
  const { numbers, bytes } = fieldsOf(message, 0);
  const [baseKey, identity, inner] = [bytes[2], bytes[3], bytes[4]];
  if (!baseKey || !identity || !inner) throw lacks("base key, identity or message");
  return {
    registrationId: numbers[5] ?? 0,
    preKeyId: numbers[1] ?? null,
    signedPreKeyId: numbers[6] ?? 0,
    baseKey: rawPublicKey(baseKey),
    identity: rawPublicKey(identity),
    message: inner,
  };
}

/** The message without its signature, for which room is left. */
export function writeGroupMessage({ keyId, iteration, ciphertext }: GroupMessageParts): Buffer {
  return writeProtobuf(versionByte, [[1, keyId], [2, iteration], [3, ciphertext]], signatureLength); // prettier-ignore
}

export function readGroupMessage(message: Buffer): GroupMessageParts {
  const { numbers, bytes } = fieldsOf(message, signatureLength);
  const ciphertext = bytes[3];
  if (!ciphertext) throw lacks("ciphertext");
  return { keyId: numbers[1] ?? 0, iteration: numbers[2] ?? 0, ciphertext };
}

export function writeDistribution({ keyId, iteration, chainKey, signingKey }: SenderKeyDistribution): Buffer {
  return writeProtobuf(versionByte, [
    [1, keyId],
    [2, iteration],
    [3, chainKey],
    [4, typedPublicKey(signingKey)],
  ]);
}

export function readDistribution(message: Buffer): SenderKeyDistribution {
  const { numbers, bytes } = fieldsOf(message, 0);
  const [chainKey, signingKey] = [bytes[3], bytes[4]];
  if (!chainKey || !signingKey) throw lacks("chain key or signing key");
  if (chainKey.length !== 32) throw new SignalError("malformed", `A chain key of ${chainKey.length} bytes, not 32.`);
  return {
    keyId: numbers[1] ?? 0,
    iteration: numbers[2] ?? 0,
    chainKey,
    signingKey: rawPublicKey(signingKey),
  };
}
