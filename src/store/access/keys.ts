import type { KeyRecord, Keys } from "../../core/ports/keys.ts";
import type { Disk } from "../sqlite/disk.ts";

type Row = Omit<KeyRecord, "scopes" | "devices"> & { scopes: string; devices: string | null };

const columns = `id, tenant, name, hash, scopes, devices, prefix, created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;

const keyOf = (row: Row): KeyRecord => ({
  ...row,
  scopes: JSON.parse(row.scopes),
  devices: row.devices === null ? null : JSON.parse(row.devices),
});

export function keysOn(disk: Disk): Keys {
  const all = disk.prepare<Row, []>(`SELECT ${columns} FROM api_key ORDER BY created_at, id`);
  const updated = disk.prepare<Row, []>(`SELECT ${columns} FROM api_key WHERE updated = 1 ORDER BY created_at, id`);
  const told = disk.prepare("UPDATE api_key SET updated = 0 WHERE updated = 1");
  const insert = disk.prepare(
    `INSERT INTO api_key (id, tenant, name, hash, scopes, devices, prefix, created_by, created_at, expires_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const use = disk.prepare("UPDATE api_key SET last_used_at = ? WHERE id = ?");
  const revoke = disk.prepare("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  const expire = disk.prepare("UPDATE api_key SET expires_at = ? WHERE id = ?");
  const create = (key: KeyRecord): void => {
    const { id, tenant, name, hash, prefix, createdBy, createdAt, expiresAt, revokedAt } = key;
    const devices = key.devices && JSON.stringify(key.devices);
    const scopes = JSON.stringify(key.scopes);
    insert.run(id, tenant, name, hash, scopes, devices, prefix, createdBy, createdAt, expiresAt, revokedAt);
  };
  return {
    list: async () => disk.read(() => all.all().map(keyOf)),
    create: async (key) => disk.write(() => create(key)),
    replace: async (old, endsAt, key) =>
      disk.write(() => {
        create(key);
        expire.run(endsAt, old);
      }),
    revoke: async (id, at) => disk.write(() => revoke.run(at, id).changes > 0),
    used: async (id, at) => disk.write(() => void use.run(at, id)),
    takeUpdated: async () =>
      disk.write(() => {
        const found = updated.all().map(keyOf);
        if (found.length > 0) told.run();
        return found;
      }),
  };
}
