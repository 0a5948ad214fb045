import type { Database } from "bun:sqlite";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";

/** The operator's key, 32 bytes, asked for where a store turns out to be sealed. Null: none is set. */
export type OwnerKey = () => Buffer | null;

/** The row of the table `seal`. */
export interface SealRow {
  readonly keyId: string;
  readonly owner: string;
  readonly dataKey: Uint8Array;
  readonly contents: 0 | 1;
  /** JSON of how far a conversion is; null when nothing is left to do. */
  readonly work: string | null;
}

const nonceLength = 12;
const tagLength = 16;

/** Null where the store is not sealed, and in one of a former version. */
export function sealRow(db: Database): SealRow | null {
  if (db.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'seal'").get() === null) return null;
  return db
    .query<SealRow, []>(`SELECT key_id AS "keyId", owner, data_key AS "dataKey", contents, work FROM seal`)
    .get();
}

/** A new data key, wrapped: what the table gets. */
export function newEnvelope(ownerKey: Buffer): Pick<SealRow, "keyId" | "owner" | "dataKey"> {
  const keyId = randomBytes(4).toString("hex");
  return { keyId, ...wrapped(randomBytes(32), keyId, ownerKey) };
}

/** The same data key under another key of the operator's: no value is touched. */
export function rewrapped(row: SealRow, from: Buffer, to: Buffer): Pick<SealRow, "owner" | "dataKey"> {
  return wrapped(openEnvelope(row, from), row.keyId, to);
}

/** Tells keys apart, and tells nothing of them. */
export function fingerprint(ownerKey: Buffer): string {
  return createHash("sha256").update("merpati seal owner").update(ownerKey).digest("hex").slice(0, 16);
}

function wrapped(dataKey: Buffer, keyId: string, ownerKey: Buffer): Pick<SealRow, "owner" | "dataKey"> {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", ownerKey, nonce);
  cipher.setAAD(Buffer.from(`seal.data_key|${keyId}`));
  const sealed = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
  return { owner: fingerprint(ownerKey), dataKey: sealed };
}

/** Throws `unavailable` with what to do when there is no key, or another one. */
export function needOwnerKey(row: SealRow, key: Buffer | null): Buffer {
  if (key === null)
    throw new Failure(
      "unavailable",
      `This store is sealed, and no key is set: set SEAL_KEY_FILE to the file with the key ${row.owner}.`,
    );
  if (fingerprint(key) !== row.owner)
    throw new Failure(
      "unavailable",
      `This store is sealed with the key ${row.owner}; the one that is set is ${fingerprint(key)}. Set the right one.`,
    );
  return key;
}

export function openEnvelope(row: SealRow, ownerKey: Buffer | null): Buffer {
  const key = needOwnerKey(row, ownerKey);
  const bytes = Buffer.from(row.dataKey);
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceLength));
    cipher.setAAD(Buffer.from(`seal.data_key|${row.keyId}`));
    cipher.setAuthTag(bytes.subarray(-tagLength));
    return Buffer.concat([cipher.update(bytes.subarray(nonceLength, -tagLength)), cipher.final()]);
  } catch (cause) {
    throw new Failure("unavailable", "The wrapped key in this store was changed. Put back a backup.", { cause });
  }
}
