import { day } from "../../core/base/durations.ts";
import { type ContentRule, type Lifetime, usualLifetime } from "../../core/model/lifetime.ts";
import type { Lifetimes } from "../../core/ports/lifetimes.ts";
import type { Disk } from "../sqlite/disk.ts";

interface Row extends Lifetime {
  tenant: string;
  device: string;
  contents: ContentRule;
}

/** A tenant or a device whose age is less than everybody's, milliseconds. */
export interface Aged {
  readonly tenant: string;
  readonly device: string;
  readonly age: number;
}

/** Who keeps what for how long, as one round of pruning goes by. */
export interface Ages {
  /** Of events: nobody keeps them longer. */
  readonly events: number;
  readonly tenants: readonly Aged[];
  readonly devices: readonly Aged[];
  /** Of history and files: nobody keeps them longer. */
  readonly history: number;
  /** Devices that keep them for less. */
  readonly chats: readonly Aged[];
  /** Tenants that keep no contents. */
  readonly contentFree: readonly string[];
}

const columns = `tenant, device, event_days AS "eventDays", history_days AS "historyDays", contents`;

export function lifetimesOn(disk: Disk): Lifetimes {
  const one = disk.prepare<Row, [string, string]>(`SELECT ${columns} FROM lifetime WHERE tenant = ? AND device = ?`);
  const ofDevice = disk.prepare<Row, [string]>(`SELECT ${columns} FROM lifetime WHERE device = ?`);
  const put = disk.prepare(
    `INSERT INTO lifetime VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET event_days = excluded.event_days,
       history_days = excluded.history_days, contents = excluded.contents`,
  );
  return {
    ofTenant: async (tenant) => {
      const { eventDays, historyDays, contents } = disk.read(() => one.get(tenant, "")) ?? usualLifetime;
      return { eventDays, historyDays, contents };
    },
    setTenant: async (tenant, { eventDays, historyDays, contents }) =>
      disk.write(() => void put.run(tenant, "", eventDays, historyDays, contents)),
    ofDevice: async (device) => {
      const { eventDays, historyDays } = disk.read(() => ofDevice.get(device)) ?? usualLifetime;
      return { eventDays, historyDays };
    },
    setDevice: async (tenant, device, { eventDays, historyDays }) =>
      disk.write(() => void put.run(tenant, device, eventDays, historyDays, "keep")),
  };
}

/** Reads who differs from `usual`; of most stores that is nobody. */
export function agesOn(disk: Disk): (usual: { events: number; history: number }) => Ages {
  const rows = disk.prepare<Row, []>(`SELECT ${columns} FROM lifetime`);
  const all = disk.prepare<{ tenant: string; device: string }, []>(
    `SELECT tenant.id AS tenant, coalesce(device.uid, '') AS device FROM tenant LEFT JOIN device ON device.tenant = tenant.id`,
  );
  return (usual) => {
    const set = disk.read(() => rows.all());
    if (set.length === 0) return { ...usual, tenants: [], devices: [], chats: [], contentFree: [] };
    const known = new Map(set.map((row) => [`${row.tenant} ${row.device}`, row]));
    const daysOf = (tenant: string, device: string, kind: "eventDays" | "historyDays") => {
      const days = known.get(`${tenant} ${device}`)?.[kind];
      return days == null ? null : days * day;
    };
    const owned = disk.read(() => all.all());
    const names = [...new Set(owned.map(({ tenant }) => tenant))];
    const agesOf = (kind: "eventDays" | "historyDays", most: number) => {
      const ofTenants = new Map(names.map((tenant) => [tenant, daysOf(tenant, "", kind) ?? most]));
      const ofDevices = owned
        .filter(({ device }) => device !== "")
        .map(({ tenant, device }) => {
          const above = ofTenants.get(tenant) ?? most;
          return { tenant, device, above, age: Math.min(above, daysOf(tenant, device, kind) ?? above) };
        });
      return { ofTenants, ofDevices, longest: Math.max(most, ...ofTenants.values()) };
    };
    const events = agesOf("eventDays", usual.events);
    const history = agesOf("historyDays", usual.history);
    return {
      events: events.longest,
      tenants: [...events.ofTenants].flatMap(([tenant, age]) =>
        age < events.longest ? [{ tenant, device: "", age }] : [],
      ),
      devices: events.ofDevices.filter(({ age, above }) => age < above),
      history: history.longest,
      chats: history.ofDevices.filter(({ age }) => age < history.longest),
      contentFree: set.filter(({ contents }) => contents === "until_delivered").map(({ tenant }) => tenant),
    };
  };
}
