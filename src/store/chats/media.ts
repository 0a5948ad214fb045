import type { SQLQueryBindings } from "bun:sqlite";
import type { Media, MediaChange, MediaRecord, ReceivedMedia } from "../../core/ports/media.ts";
import type { Sealing } from "../seal/sealing.ts";
import type { Disk } from "../sqlite/disk.ts";
import type { MediaFiles } from "./media-files.ts";

type Row = Omit<MediaRecord, "facts"> & { facts: string };

const columns = `id, tenant, device, mime, name, size, sha256, state, reason, remote, facts, thumbnail,
  created_at AS "createdAt", used_at AS "usedAt"`;

type Sealable = Pick<MediaRecord, "remote" | "name" | "thumbnail">;

function recordOf(row: Row, { secrets, contents }: Sealing): MediaRecord {
  const record = { ...row, facts: JSON.parse(row.facts) };
  const { id, remote, name, thumbnail } = row;
  if (secrets && remote !== null) record.remote = secrets.openText(`media.remote|${id}`, remote);
  if (contents && name !== null) record.name = contents.openText(`media.name|${id}`, name);
  if (contents && thumbnail !== null) record.thumbnail = contents.open(`media.thumbnail|${id}`, thumbnail);
  return record;
}

/** What is sealed of a row, as far as it is there. */
function sealedParts(id: string, part: Partial<Sealable>, { secrets, contents }: Sealing): Partial<Sealable> {
  if (secrets === null) return {};
  const { remote, name, thumbnail } = part;
  return {
    ...(remote && { remote: secrets.sealText(`media.remote|${id}`, remote) }),
    ...(contents && name && { name: contents.sealText(`media.name|${id}`, name) }),
    ...(contents && thumbnail && { thumbnail: contents.seal(`media.thumbnail|${id}`, thumbnail) }),
  };
}

const insertion = `INSERT INTO media (id, tenant, device, mime, name, size, sha256, state, reason, remote, facts,
    thumbnail, created_at, used_at)
  VALUES ($id, $tenant, $device, $mime, $name, $size, $sha256, $state, $reason, $remote, $facts, $thumbnail,
    $createdAt, $usedAt) ON CONFLICT (id) DO NOTHING`;

/** Writes the files of incoming messages; inside somebody's transaction. */
export function mediaWriter(
  disk: Disk,
): (source: { tenant: string; device: string }, file: ReceivedMedia, at: number) => void {
  const add = disk.prepare(insertion);
  return (source, file, at) => {
    const nothing = { state: "remote", reason: null, facts: "{}", thumbnail: null };
    const sealed = sealedParts(file.id, file, disk.seal);
    add.run({ ...source, ...file, ...nothing, ...sealed, createdAt: at, usedAt: at });
  };
}

export function mediaOn(disk: Disk, files: MediaFiles): Media {
  const add = disk.prepare(insertion);
  const get = disk.prepare<Row, [string]>(`SELECT ${columns} FROM media WHERE id = ?`);
  // A sealed name is compared once it is open.
  const likeNamed = disk.seal.contents === null ? "AND name IS $name LIMIT 1" : "AND ($name IS NULL) = (name IS NULL)";
  const same = disk.prepare<Row>(
    `SELECT ${columns} FROM media WHERE sha256 = $sha256 AND device = $device AND mime = $mime
       AND state = 'ready' ${likeNamed}`,
  );
  const remote = disk.prepare<Row>(
    `SELECT ${columns} FROM media WHERE device = $device AND state = 'remote' AND created_at >= $since
     ORDER BY created_at DESC LIMIT $limit`,
  );
  return {
    add: async ({ facts, ...record }) =>
      disk.write(() => {
        const sealed = sealedParts(record.id, record, disk.seal);
        add.run({ ...record, ...sealed, facts: JSON.stringify(facts) });
      }),
    get: async (id) =>
      disk.read(() => {
        const row = get.get(id);
        return row === null ? null : recordOf(row, disk.seal);
      }),
    same: async ({ device, sha256, mime, name }) =>
      disk.read(() => {
        const rows = same.all({ device, sha256, mime, name }).map((row) => recordOf(row, disk.seal));
        return rows.find((record) => record.name === name) ?? null;
      }),
    update: async (id, change) => disk.write(() => update(disk, id, change)),
    remote: async (device, since, limit) =>
      disk.read(() => remote.all({ device, since, limit }).map((row) => recordOf(row, disk.seal))),
    keep: (bytes, limit) => files.keep(bytes, limit),
    bytes: (sha256) => files.bytes(sha256),
  };
}

const names: Record<keyof MediaChange, string> = {
  state: "state",
  reason: "reason",
  remote: "remote",
  sha256: "sha256",
  size: "size",
  mime: "mime",
  usedAt: "used_at",
  facts: "facts",
  thumbnail: "thumbnail",
};

function update({ db, seal }: Disk, id: string, { facts, ...change }: MediaChange): void {
  const values: Record<string, SQLQueryBindings> = {
    ...change,
    ...sealedParts(id, change, seal),
    ...(facts ? { facts: JSON.stringify(facts) } : {}),
  };
  const sets = Object.keys(values).map((name) => {
    const column = names[name as keyof MediaChange];
    // A file that is to be sent later is in use until then, whoever uses it meanwhile.
    return name === "usedAt" ? `${column} = max(${column}, $usedAt)` : `${column} = $${name}`;
  });
  if (sets.length > 0) db.query(`UPDATE media SET ${sets.join(", ")} WHERE id = $id`).run({ ...values, id });
}

/** Removes rows, a slice at a time, and the bytes that nothing names any more. Returns how many rows went. */
export function mediaPruner(disk: Disk, files: MediaFiles) {
  const gone = "DELETE FROM media WHERE id IN (SELECT id FROM media WHERE";
  const old = disk.prepare<{ sha256: string }, [number]>(`${gone} used_at < ? LIMIT 500) RETURNING sha256`);
  const ofDevice = disk.prepare<{ sha256: string }, [string]>(`${gone} device = ? LIMIT 500) RETURNING sha256`);
  const oldOfDevice = disk.prepare<{ sha256: string }, [string, number, number]>(
    `${gone} device = ? AND created_at < ? AND used_at < ? LIMIT 500) RETURNING sha256`,
  );
  const byId = disk.prepare<{ sha256: string }, [string]>("DELETE FROM media WHERE id = ? RETURNING sha256");
  const named = disk.prepare<{ id: string }, [string]>("SELECT id FROM media WHERE sha256 = ? LIMIT 1");
  const swept = (rows: readonly { sha256: string }[]): number => {
    for (const { sha256 } of rows) {
      if (disk.read(() => named.get(sha256)) === null) files.remove(sha256);
    }
    return rows.length;
  };
  return {
    older: (at: number) => swept(disk.relaxed(() => old.all(at))),
    olderOf: (device: string, at: number) => swept(disk.relaxed(() => oldOfDevice.all(device, at, at))),
    ofDevice: async (device: string) => swept(await disk.write(() => ofDevice.all(device))),
    named: async (ids: readonly string[]) => {
      for (const id of ids) swept(await disk.write(() => byId.all(id)));
    },
  };
}
