import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Sealer } from "../seal/cipher.ts";
import type { OwnerKey } from "../seal/envelope.ts";
import { sealingOf } from "../seal/sealing.ts";

export interface KeyRevision {
  readonly types: readonly string[];
  /** `undefined` leaves a key as it is, null removes it. */
  key(type: string, value: Uint8Array | string): Uint8Array | string | null | undefined;
  credentials(json: string): string;
}

/**
 * Changes the keys of every device in one transaction, while no bot runs in the folder. Returns how many were changed.
 * Throws `unavailable` when they are sealed and the key is not the one.
 */
export function reviseKeys(dir: string, revision: KeyRevision, ownerKey: OwnerKey): number {
  const db = new Database(join(dir, "merpati.sqlite"), { strict: true, readwrite: true });
  try {
    const { secrets } = sealingOf(db, ownerKey);
    return db.transaction(() => change(db, revision, secrets)).immediate();
  } finally {
    db.close();
  }
}

interface Row {
  device: string;
  type: string;
  id: string;
  value: Uint8Array | string;
}

function change(db: Database, revision: KeyRevision, secrets: Sealer | null): number {
  const { types } = revision;
  const places = types.map(() => "?").join(", ");
  const rows = db.query<Row, string[]>(`SELECT device, type, id, value FROM signal_key WHERE type IN (${places})`);
  const write = db.query("UPDATE signal_key SET value = ? WHERE device = ? AND type = ? AND id = ?");
  const remove = db.query("DELETE FROM signal_key WHERE device = ? AND type = ? AND id = ?");
  let changed = 0;
  for (const { device, type, id, value } of rows.all(...types)) {
    const place = `signal_key.value|${device}|${type}|${id}`;
    const after = revision.key(type, secrets?.openAny(place, value) ?? value);
    if (after === undefined) continue;
    if (after === null) remove.run(device, type, id);
    else write.run(secrets?.sealAny(place, after) ?? after, device, type, id);
    changed += 1;
  }
  const all = db.query<{ device: string; value: string }, []>("SELECT device, value FROM credentials").all();
  for (const { device, value } of all) {
    const place = `credentials.value|${device}`;
    const after = revision.credentials(secrets?.openText(place, value) ?? value);
    db.query("UPDATE credentials SET value = ? WHERE device = ?").run(secrets?.sealText(place, after) ?? after, device);
  }
  return changed;
}
