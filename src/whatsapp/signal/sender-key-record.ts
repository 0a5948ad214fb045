import { maxSenderKeyStates, maxSkippedKeys } from "./bounds.ts";
import { ByteReader, ByteWriter, keyLength, skippedKeys, skippedLength } from "./bytes.ts";
import { libsignalSenderKeys } from "./libsignal-sender-key.ts";
import { wipe } from "./primitives.ts";
import { assertState, SignalError } from "./signal-error.ts";

/** The private half of a signing key, which the author alone has: a seed of ours, or a bare scalar of libsignal's. */
export interface SigningSecret {
  readonly kind: "seed" | "scalar";
  readonly bytes: Buffer;
}

/** A sender key of one author in one group, since its last rotation. */
export interface SenderKeyState {
  readonly keyId: number;
  readonly signingKey: Buffer;
  readonly secret: SigningSecret | null;
  chainKey: Buffer;
  /** The iteration of the next message. */
  next: number;
  /** Keys of messages that did not come yet (`skippedKeys`). */
  skipped: Buffer;
}

/** The version of the stored form, its first byte; libsignal's begins with `[`. */
const version = 1;
const secretKinds = ["none", "seed", "scalar"] as const;

/** The states of a record, newest first, on a copy. Null is none. Throws `damaged_record`. */
export function decodeSenderKeys(stored: Uint8Array | string | null): SenderKeyState[] {
  if (stored === null) return [];
  if (typeof stored === "string") return libsignalSenderKeys(stored);
  if (stored[0] === "[".charCodeAt(0)) return libsignalSenderKeys(Buffer.from(stored).toString());
  const reader = new ByteReader(Buffer.from(stored));
  const found = reader.u8();
  if (found !== version)
    throw new SignalError("damaged_record", `A sender key is stored in version ${found}, not ${version}.`);
  const states = Array.from({ length: reader.u8() }, () => decodeState(reader));
  reader.end();
  return states;
}

function decodeState(reader: ByteReader): SenderKeyState {
  const [keyId, next] = [reader.u32(), reader.u32()];
  const [chainKey, signingKey] = [reader.key(), reader.key()];
  const kind = secretKinds[reader.u8()];
  if (kind === undefined) throw new SignalError("damaged_record", "A sender key has a secret of unknown kind.");
  const secret = kind === "none" ? null : { kind, bytes: reader.key() };
  return { keyId, next, chainKey, signingKey, secret, skipped: reader.take(reader.u16() * skippedLength) };
}

export function encodeSenderKeys(states: readonly SenderKeyState[]): Buffer {
  assertState(states.length <= maxSenderKeyStates, "a sender key has at most so many states");
  const length = ({ secret, skipped }: SenderKeyState) =>
    8 + 2 * keyLength + 1 + (secret ? keyLength : 0) + 2 + skipped.length;
  const writer = new ByteWriter(states.reduce((sum, state) => sum + length(state), 2));
  writer.u8(version).u8(states.length);
  for (const { keyId, next, chainKey, signingKey, secret, skipped } of states) {
    assertState(chainKey.length === keyLength && signingKey.length === keyLength, "a key has 32 bytes");
    assertState(skippedKeys.count(skipped) <= maxSkippedKeys, "a sender key has at most so many skipped keys");
    writer
      .u32(keyId)
      .u32(next)
      .put(chainKey, signingKey)
      .u8(secretKinds.indexOf(secret?.kind ?? "none"));
    if (secret) writer.put(secret.bytes);
    writer.u16(skippedKeys.count(skipped)).put(skipped);
  }
  return writer.done();
}

/** Overwrites the secrets of states that were written, or are given up. */
export function wipeSenderKeys(states: readonly SenderKeyState[]): void {
  for (const { chainKey, skipped, secret } of states) wipe(chainKey, skipped, secret?.bytes);
}
