import { Failure } from "../../core/base/failure.ts";
import type { Tenant, Tenants } from "../../core/ports/tenants.ts";
import type { Disk } from "../sqlite/disk.ts";

const columns =
  'id, name, device_limit AS "deviceLimit", limits, media_links AS "mediaLinks", created_at AS "createdAt"';

type Row = Omit<Tenant, "limits" | "mediaLinks"> & { limits: string | null; mediaLinks: number };
const tenantOf = ({ limits, mediaLinks, ...row }: Row): Tenant => ({
  ...row,
  limits: limits === null ? {} : (JSON.parse(limits) as Tenant["limits"]),
  mediaLinks: mediaLinks === 1,
});

export function tenantsOn(disk: Disk): Tenants {
  const all = disk.prepare<Row, []>(`SELECT ${columns} FROM tenant ORDER BY created_at, id`);
  const one = disk.prepare<Row, [string]>(`SELECT ${columns} FROM tenant WHERE id = ?`);
  const insert = disk.prepare(
    "INSERT INTO tenant (id, name, device_limit, limits, created_at, media_links) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  const update = disk.prepare(
    `UPDATE tenant SET name = coalesce(?, name), device_limit = iif(?, ?, device_limit), limits = coalesce(?, limits),
       media_links = coalesce(?, media_links)
     WHERE id = ?`,
  );
  const remove = disk.prepare("DELETE FROM tenant WHERE id = ?");
  const forget = disk.prepare("DELETE FROM event WHERE tenant = ?");
  const forgetUsage = disk.prepare("DELETE FROM usage WHERE owner = ?");
  const forgetLifetime = disk.prepare("DELETE FROM lifetime WHERE tenant = ?");
  const devices = disk.prepare<{ n: number }, [string]>("SELECT count(*) AS n FROM device WHERE tenant = ?");
  return {
    list: async () => disk.read(() => all.all().map(tenantOf)),
    get: async (id) =>
      disk.read(() => {
        const row = one.get(id);
        return row === null ? null : tenantOf(row);
      }),
    create: async ({ id, name, deviceLimit, limits, createdAt, mediaLinks }) =>
      disk.write(() => {
        if (insert.run(id, name, deviceLimit, JSON.stringify(limits), createdAt, Number(mediaLinks)).changes > 0)
          return;
        throw new Failure("conflict", `There is a tenant "${id}" already.`, { field: "id" });
      }),
    update: async (id, { name, deviceLimit, limits, mediaLinks }) =>
      disk.write(
        () =>
          update.run(
            name ?? null,
            deviceLimit === undefined ? 0 : 1,
            deviceLimit ?? null,
            limits === undefined ? null : JSON.stringify(limits),
            mediaLinks === undefined ? null : Number(mediaLinks),
            id,
          ).changes > 0,
      ),
    remove: async (id) =>
      disk.write(() => {
        if (devices.get(id)?.n !== 0) {
          throw new Failure("conflict", `Tenant "${id}" still has devices; remove them first.`);
        }
        forgetUsage.run(id);
        forgetLifetime.run(id);
        forget.run(id); // what concerned the tenant itself: another one of that name must not read it
        remove.run(id);
      }),
  };
}
