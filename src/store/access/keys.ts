import type { KeyRecord, Keys } from "../../core/ports/keys.ts";
import type { Disk } from "../sqlite/disk.ts";

type Row = Omit<KeyRecord, "scopes"> & { scopes: string };

export function keysOn(disk: Disk): Keys {
  const all = disk.prepare<Row, []>(
    `SELECT id, tenant, name, hash, scopes, created_at AS "createdAt", expires_at AS "expiresAt",
            revoked_at AS "revokedAt" FROM api_key ORDER BY created_at, id`,
  );
  const insert = disk.prepare("INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const revoke = disk.prepare("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  return {
    list: async () => disk.read(() => all.all().map((row) => ({ ...row, scopes: JSON.parse(row.scopes) }))),
    create: async (key) =>
      disk.write(() => {
        const scopes = JSON.stringify(key.scopes);
        insert.run(key.id, key.tenant, key.name, key.hash, scopes, key.createdAt, key.expiresAt, key.revokedAt);
      }),
    revoke: async (id, at) => disk.write(() => revoke.run(at, id).changes > 0),
  };
}
