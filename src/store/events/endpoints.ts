import type { Endpoint, Endpoints } from "../../core/ports/endpoint.ts";
import type { Clock } from "../../core/base/clock.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { Sealer } from "../seal/cipher.ts";
import { forgiver } from "./forgive.ts";

type Lists = "events" | "devices" | "headers" | "secrets" | "batch" | "burst" | "chats" | "deviceGroups";
type Flags = "replies" | "raw";
type Row = Omit<Endpoint, Lists | Flags> & Record<Lists, string> & Record<Flags, number>;

const sealedColumns = ["url", "headers", "secrets"] as const;

function opened(row: Row, secrets: Sealer | null): Row {
  if (secrets === null) return row;
  const plain = sealedColumns.map((column) => [column, secrets.openText(`endpoint.${column}|${row.id}`, row[column])]);
  return { ...row, ...Object.fromEntries(plain) };
}

function sealed(row: Row, secrets: Sealer | null): Row {
  if (secrets === null) return row;
  const values = sealedColumns.map((column) => [column, secrets.sealText(`endpoint.${column}|${row.id}`, row[column])]);
  return { ...row, ...Object.fromEntries(values) };
}

const endpointOf = (row: Row): Endpoint => ({
  ...row,
  events: JSON.parse(row.events),
  devices: JSON.parse(row.devices),
  headers: JSON.parse(row.headers),
  secrets: JSON.parse(row.secrets),
  replies: row.replies === 1,
  raw: row.raw === 1,
  batch: JSON.parse(row.batch),
  burst: JSON.parse(row.burst),
  chats: JSON.parse(row.chats),
  deviceGroups: JSON.parse(row.deviceGroups),
});

const rowOf = (endpoint: Endpoint): Row => ({
  ...endpoint,
  events: JSON.stringify(endpoint.events),
  devices: JSON.stringify(endpoint.devices),
  headers: JSON.stringify(endpoint.headers),
  secrets: JSON.stringify(endpoint.secrets),
  replies: endpoint.replies ? 1 : 0,
  raw: endpoint.raw ? 1 : 0,
  batch: JSON.stringify(endpoint.batch),
  burst: JSON.stringify(endpoint.burst),
  chats: JSON.stringify(endpoint.chats),
  deviceGroups: JSON.stringify(endpoint.deviceGroups),
});

export function endpointsOn(disk: Disk, clock: Clock): Endpoints {
  const all = disk.prepare<Row, []>(
    `SELECT id, tenant, url, description, events, coalesce(devices, 'null') AS devices, headers, secrets, state, reason,
       origin, failing_since AS "failingSince", created_at AS "createdAt", updated_at AS "updatedAt", replies, raw,
       coalesce(batch, 'null') AS batch, coalesce(burst, 'null') AS burst, inline_kb AS "inlineKb",
       coalesce(chats, 'null') AS chats, coalesce(device_groups, 'null') AS "deviceGroups"
     FROM endpoint ORDER BY created_at, id`,
  );
  const put = disk.prepare<unknown, [Row]>(
    `INSERT INTO endpoint VALUES ($id, $tenant, $url, $description, $events, nullif($devices, 'null'), $headers, $secrets,
       $state, $reason, $origin, $failingSince, $createdAt, $updatedAt, $replies, $raw, nullif($batch, 'null'), nullif($burst, 'null'), $inlineKb,
       nullif($chats, 'null'), nullif($deviceGroups, 'null'))
     ON CONFLICT (id) DO UPDATE SET url = excluded.url, description = excluded.description, events = excluded.events,
       devices = excluded.devices, headers = excluded.headers, secrets = excluded.secrets, state = excluded.state,
       reason = excluded.reason, failing_since = excluded.failing_since, replies = excluded.replies, raw = excluded.raw,
       batch = excluded.batch, burst = excluded.burst, inline_kb = excluded.inline_kb, chats = excluded.chats,
       device_groups = excluded.device_groups,
       updated_at = excluded.updated_at`,
  );
  const failing = disk.prepare<unknown, [number | null, string]>("UPDATE endpoint SET failing_since = ? WHERE id = ?");
  const remove = disk.prepare("DELETE FROM endpoint WHERE id = ?");
  const forgive = forgiver(disk);
  return {
    list: async () => disk.read(() => all.all().map((row) => endpointOf(opened(row, disk.seal.secrets)))),
    put: async (endpoint) => disk.write(() => void put.run(sealed(rowOf(endpoint), disk.seal.secrets))),
    failing: async (id, since) => disk.relaxed(() => void failing.run(since, id)),
    remove: async (id) => {
      await disk.write(() => void remove.run(id));
      await forgive(`webhook:${id}`, "the webhook was removed", clock.now());
    },
  };
}
