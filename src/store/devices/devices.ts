import type { Statement } from "bun:sqlite";
import { Failure } from "../../core/base/failure.ts";
import { unrestricted } from "../../core/model/account-limits.ts";
import type { DeviceChange, DeviceRecord, Devices } from "../../core/ports/devices.ts";
import type { Disk } from "../sqlite/disk.ts";

type Told = "account" | "lastAccount" | "unlinked" | "limits";
type Row = Omit<DeviceRecord, Told> & Record<Told, string | null>;
type Value = string | number | null;

const columns = [
  ["wanted", "wanted"],
  ["phase", "phase"],
  ["reason", "reason"],
  ["since", "since"],
  ["account", "account"],
  ["lastAccount", "last_account"],
  ["unlinked", "unlinked"],
  ["lastConnectAt", "last_connect_at"],
  ["label", "label"],
  ["group", "device_group"],
  ["limits", "standing"],
  ["restUntil", "rest_until"],
] as const satisfies [keyof DeviceChange, string][];

/** Writes a change of a device's row; inside somebody's transaction. False when there is no such device. */
export type ChangeDevice = (uid: string, change: DeviceChange) => boolean;

export function deviceChanger(disk: Disk): ChangeDevice {
  const statements = new Map<string, Statement<unknown, Value[]>>();
  return (uid, change) => {
    const fields = columns.filter(([field]) => change[field] !== undefined);
    if (fields.length === 0) return true;
    const sql = `UPDATE device SET ${fields.map(([, column]) => `${column} = ?`).join(", ")} WHERE uid = ?`;
    const statement = statements.get(sql) ?? disk.prepare(sql);
    statements.set(sql, statement);
    return statement.run(...fields.map(([field]) => valueOf(change[field])), uid).changes > 0;
  };
}

function valueOf(value: DeviceChange[keyof DeviceChange]): Value {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : (value ?? null);
}

export function devicesOn(disk: Disk, change: ChangeDevice, forget: (uid: string) => Promise<void>): Devices {
  const all = disk.prepare<Row, []>(
    `SELECT uid, tenant, id, label, device_group AS "group", wanted, phase, reason, since, account, last_account AS "lastAccount", unlinked,
            last_connect_at AS "lastConnectAt", standing AS "limits", rest_until AS "restUntil", created_at AS "createdAt" FROM device ORDER BY created_at, uid`,
  );
  const insert = disk.prepare(
    `INSERT INTO device (uid, tenant, id, label, device_group, wanted, phase, reason, since, account, last_connect_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO NOTHING`,
  );
  const take = disk.prepare<{ epoch: number }, [string]>(
    "UPDATE device SET epoch = epoch + 1 WHERE uid = ? RETURNING epoch",
  );
  return {
    list: async () =>
      disk.read(() =>
        all.all().map(({ account, lastAccount, unlinked, limits, ...row }) => ({
          ...row,
          account: account === null ? null : JSON.parse(account),
          lastAccount: lastAccount === null ? null : JSON.parse(lastAccount),
          unlinked: unlinked === null ? null : JSON.parse(unlinked),
          // An older row does not say all of it.
          limits: { ...unrestricted, ...(limits === null ? {} : JSON.parse(limits)) },
        })),
      ),
    create: async (device) =>
      disk.write(() => {
        const { uid, tenant, id, label, group, wanted, phase, reason, since, account, lastConnectAt, createdAt } =
          device;
        const linked = valueOf(account);
        const { changes } = insert.run(
          uid,
          tenant,
          id,
          label,
          group,
          wanted,
          phase,
          reason,
          since,
          linked,
          lastConnectAt,
          createdAt,
        );
        if (changes > 0) return;
        throw new Failure("conflict", `There is a device "${id}" already.`, { field: "id" });
      }),
    hold: async (uid, signal) =>
      disk.write(() => {
        const epoch = take.get(uid)?.epoch;
        if (epoch === undefined) throw new Failure("not_found", "Device not found.");
        return { device: uid, epoch, signal };
      }),
    update: async (uid, fields) =>
      disk.write(() => {
        if (!change(uid, fields)) throw new Failure("not_found", "Device not found.");
      }),
    remove: forget,
  };
}
