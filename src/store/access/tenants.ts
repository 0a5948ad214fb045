import { Failure } from "../../core/base/failure.ts";
import type { Tenant, Tenants } from "../../core/ports/tenants.ts";
import type { Disk } from "../sqlite/disk.ts";

const columns = 'id, name, device_limit AS "deviceLimit", created_at AS "createdAt"';

export function tenantsOn(disk: Disk): Tenants {
  const all = disk.prepare<Tenant, []>(`SELECT ${columns} FROM tenant ORDER BY created_at, id`);
  const one = disk.prepare<Tenant, [string]>(`SELECT ${columns} FROM tenant WHERE id = ?`);
  const insert = disk.prepare("INSERT INTO tenant VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
  const update = disk.prepare(
    "UPDATE tenant SET name = coalesce(?, name), device_limit = iif(?, ?, device_limit) WHERE id = ?",
  );
  const remove = disk.prepare("DELETE FROM tenant WHERE id = ?");
  const forget = disk.prepare("DELETE FROM event WHERE tenant = ?");
  const devices = disk.prepare<{ n: number }, [string]>("SELECT count(*) AS n FROM device WHERE tenant = ?");
  return {
    list: async () => disk.read(() => all.all()),
    get: async (id) => disk.read(() => one.get(id)),
    create: async ({ id, name, deviceLimit, createdAt }) =>
      disk.write(() => {
        if (insert.run(id, name, deviceLimit, createdAt).changes > 0) return;
        throw new Failure("conflict", `There is a tenant "${id}" already.`, { field: "id" });
      }),
    update: async (id, { name, deviceLimit }) =>
      disk.write(
        () => update.run(name ?? null, deviceLimit === undefined ? 0 : 1, deviceLimit ?? null, id).changes > 0,
      ),
    remove: async (id) =>
      disk.write(() => {
        if (devices.get(id)?.n !== 0) {
          throw new Failure("conflict", `Tenant "${id}" still has devices; remove them first.`);
        }
        forget.run(id); // what concerned the tenant itself: another one of that name must not read it
        remove.run(id);
      }),
  };
}
