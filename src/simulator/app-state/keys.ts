import { createHmac } from "node:crypto";
import { hkdf } from "../crypto/cipher.ts";

/** The five keys that an app state key stands for, 32 bytes each. */
export interface MutationKeys {
  readonly index: Buffer;
  readonly value: Buffer;
  readonly valueMac: Buffer;
  readonly snapshotMac: Buffer;
  readonly patchMac: Buffer;
}

export function mutationKeys(keyData: Uint8Array): MutationKeys {
  const keys = hkdf(keyData, 160, "WhatsApp Mutation Keys");
  const part = (at: number): Buffer => keys.subarray(at * 32, at * 32 + 32);
  return { index: part(0), value: part(1), valueMac: part(2), snapshotMac: part(3), patchMac: part(4) };
}

/** A number as the MACs take it: eight bytes, big end first. */
export function networkOrder(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** The MAC over one sealed value: the operation and key id before it, their length behind it. */
export function valueMac(
  keys: MutationKeys,
  operation: "set" | "remove",
  sealed: Uint8Array,
  keyId: Uint8Array,
): Buffer {
  const head = Buffer.concat([Buffer.from([operation === "set" ? 1 : 2]), keyId]);
  const mac = createHmac("sha512", keys.valueMac).update(head).update(sealed).update(networkOrder(head.length));
  return mac.digest().subarray(0, 32);
}
