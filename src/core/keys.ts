import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyRecord } from "./store.ts";

/** A new key: `mp_` and 256 random bits. Shown once, kept as its hash. */
export const newKey = () => `mp_${randomBytes(32).toString("base64url")}`;

/** SHA-256, hex: what is kept of a key. A key has 256 random bits, so no slow hash is needed. */
export const hashKey = (key: string) => createHash("sha256").update(key).digest("hex");

/** Whether two hashes of `hashKey` are the same, in the same time whatever they are. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, "hex");
  const right = Buffer.from(b, "hex");
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The usable record of `key`, or null. Looks at every record, so that the time taken says nothing. */
export function findKey(records: Iterable<KeyRecord>, key: string, now: number): KeyRecord | null {
  const hash = hashKey(key);
  let found: KeyRecord | null = null;
  for (const record of records) if (sameHash(record.hash, hash) && usable(record, now)) found = record;
  return found;
}

const usable = (record: KeyRecord, now: number) =>
  record.revokedAt === null && (record.expiresAt === null || record.expiresAt > now);
