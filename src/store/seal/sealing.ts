import type { Database } from "bun:sqlite";
import { randomBytes } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";
import { Sealer, sessionKey } from "./cipher.ts";
import { type OwnerKey, openEnvelope, type SealRow, sealRow } from "./envelope.ts";

/** What seals the values of a store. Null where they are not sealed: then nothing is looked at. */
export interface Sealing {
  /** Credentials, keys, secrets of webhooks, what plugins keep. */
  readonly secrets: Sealer | null;
  /** What was said, events, drafts, files. */
  readonly contents: Sealer | null;
  /** Seals files; named in their names by `id`. */
  readonly files: FileSeal | null;
}

export interface FileSeal {
  readonly id: string;
  readonly key: Buffer;
}

export const noSeal: Sealing = { secrets: null, contents: null, files: null };

/** Throws `unavailable` when the store is sealed and the key is not the one, or when a conversion is under way. */
export function sealingOf(db: Database, ownerKey: OwnerKey): Sealing {
  const row = sealRow(db);
  if (row === null) return noSeal;
  if (row.work !== null)
    throw new Failure(
      "unavailable",
      `This store is on its way to be ${isUnsealing(row) ? "unsealed" : "sealed"}: wait, or end it with merpati seal ${isUnsealing(row) ? "off" : "on"}.`,
    );
  const key = openEnvelope(row, ownerKey());
  const secrets = sealerOn(db, key);
  return row.contents === 1 ? { secrets, contents: secrets, files: fileSealOf(row, key) } : { ...noSeal, secrets };
}

/** Whether a conversion that is under way leads to no seal. */
export const isUnsealing = ({ work }: Pick<SealRow, "work">): boolean =>
  work !== null && (JSON.parse(work) as { to: string }).to === "plain";

/** A sealer with a session of its own, which is written before anything can be sealed under it. */
export function sealerOn(db: Database, dataKey: Buffer): Sealer {
  const salts = db.query<{ salt: Uint8Array }, [number]>("SELECT salt FROM seal_session WHERE number = ?");
  const keys = new Map<number, Buffer>();
  const keyOf = (number: number): Buffer => {
    const known = keys.get(number);
    if (known !== undefined) return known;
    const row = salts.get(number);
    if (row === null)
      throw new Failure("unavailable", "A value was sealed in a session that this store does not know.");
    const key = sessionKey(dataKey, row.salt);
    keys.set(number, key);
    return key;
  };
  const { lastInsertRowid } = db.run("INSERT INTO seal_session (salt) VALUES (?)", [randomBytes(32)]);
  const number = Number(lastInsertRowid);
  return new Sealer({ number, key: keyOf(number) }, keyOf);
}

export const fileSealOf = ({ keyId }: Pick<SealRow, "keyId">, dataKey: Buffer): FileSeal => ({
  id: keyId,
  key: sessionKey(dataKey, Buffer.from(`files ${keyId}`)),
});
