import { maxSenderKeyStates, maxSkippedKeys } from "./bounds.ts";
import { numberBytes } from "./bytes.ts";
import type { SenderKeyState } from "./sender-key-record.ts";
import { SignalError } from "./signal-error.ts";
import { rawPublicKey } from "./x25519.ts";

/** Bytes as `Buffer.toJSON` writes them. */
interface JsonBytes {
  data: number[] | string;
}

/** A state as Baileys stores it, in the JSON of a list whose newest is the last. Learned from records that it wrote. */
interface BaileysSenderKey {
  senderKeyId: number;
  /** `iteration`: of the next message. */
  senderChainKey: { iteration: number; seed: JsonBytes };
  senderSigningKey: { public: JsonBytes; private?: JsonBytes };
  senderMessageKeys: { iteration: number; seed: JsonBytes }[];
}

/** The states of a record of Baileys', newest first, cut down to our bounds. Throws `damaged_record`. */
export function libsignalSenderKeys(json: string): SenderKeyState[] {
  try {
    const states = JSON.parse(json) as BaileysSenderKey[];
    return states.slice(-maxSenderKeyStates).map(stateOf).toReversed();
  } catch (cause) {
    throw new SignalError("damaged_record", "A sender key of libsignal does not read.", { cause });
  }
}

const bytesOf = ({ data }: JsonBytes): Buffer =>
  typeof data === "string" ? Buffer.from(data, "base64") : Buffer.from(data);

function stateOf({
  senderKeyId,
  senderChainKey,
  senderSigningKey,
  senderMessageKeys,
}: BaileysSenderKey): SenderKeyState {
  const secret = senderSigningKey.private ? bytesOf(senderSigningKey.private) : null;
  const passed = senderMessageKeys
    .map(({ iteration, seed }) => [iteration, bytesOf(seed)] as const)
    .sort(([a], [b]) => a - b)
    .slice(-maxSkippedKeys);
  return {
    keyId: senderKeyId,
    signingKey: rawPublicKey(bytesOf(senderSigningKey.public)),
    secret: secret?.length === 32 ? { kind: "scalar", bytes: secret } : null,
    chainKey: bytesOf(senderChainKey.seed),
    next: senderChainKey.iteration,
    skipped: Buffer.concat(passed.flatMap(([iteration, seed]) => [numberBytes(iteration), seed])),
  };
}
