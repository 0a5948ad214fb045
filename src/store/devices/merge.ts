import { Database, SQLiteError } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync } from "node:fs";
import { rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { day } from "../../core/base/durations.ts";
import type { Clock } from "../../core/base/clock.ts";
import { Failure } from "../../core/base/failure.ts";
import type { Disk } from "../sqlite/disk.ts";

/** In the order they come for each device's file; a test ends the process at each. */
export const mergeSteps = ["found", "copied", "copy named", "rows written", "rows on disk", "log removed"] as const;
export type MergeStep = (typeof mergeSteps)[number];

/** How long the copies stay. Keys that are older than the last connection must not be used again. */
const copiesKept = 7 * day;

/** Where versions before this one kept a device's keys and journal. */
export function deviceFile(dir: string, uid: string): string {
  return join(dir, "devices", `${uid}.sqlite`);
}

const copiesIn = (dir: string): string => join(dir, "devices-before-merge");

function copyOf(dir: string, uid: string): string {
  return join(copiesIn(dir), `${uid}.sqlite`);
}

/** What a device left in files of its own. */
export function removeDeviceFiles(dir: string, uid: string): void {
  for (const file of [deviceFile(dir, uid), copyOf(dir, uid)])
    for (const suffix of ["-wal", "-shm", "", ".new"]) rmSync(file + suffix, { force: true });
}

/**
 * Takes `devices/<uid>.sqlite` over into the one file: a copy is put aside, the rows are taken in one transaction with a
 * mark that they were, and once that is on disk the file goes. After a crash anywhere the next start goes on: what has its
 * mark is not read again, for its keys are old by then. A damaged file, or one of a device that nobody knows, stays as it is.
 */
export async function mergeDeviceFiles(
  disk: Disk,
  dir: string,
  clock: Clock,
  reached: (step: MergeStep) => void = () => {},
): Promise<void> {
  dropOldCopies(dir, clock);
  const folder = join(dir, "devices");
  if (!existsSync(folder)) return;
  if (disk.seal.secrets !== null)
    throw new Failure(
      "unavailable",
      "devices/ holds keys of a former version in plain text, and this store is sealed: move the folder away.",
    );
  const known = disk.prepare<{ merged: 0 | 1 }, [string]>(
    "SELECT EXISTS (SELECT 1 FROM merged WHERE merged.device = device.uid) AS merged FROM device WHERE uid = ?",
  );
  for (const name of readdirSync(folder)) {
    const uid = /^(.+)\.sqlite$/.exec(name)?.[1];
    const device = uid === undefined ? null : disk.read(() => known.get(uid));
    if (uid === undefined || device === null) continue;
    reached("found");
    if (device.merged === 0 && !(await taken(disk, { dir, uid, at: clock.now(), reached }))) continue;
    for (const suffix of ["-wal", "-shm"]) rmSync(deviceFile(dir, uid) + suffix, { force: true });
    reached("log removed");
    rmSync(deviceFile(dir, uid), { force: true });
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

interface Merging {
  dir: string;
  uid: string;
  at: number;
  reached: (step: MergeStep) => void;
}

/** False when the file is damaged. */
async function taken(disk: Disk, merging: Merging): Promise<boolean> {
  try {
    putAside(merging);
    await takeRows(disk, merging);
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** The whole file with what stands in its log, checked on the way. */
function putAside({ dir, uid, reached }: Merging): void {
  const copy = copyOf(dir, uid);
  mkdirSync(copiesIn(dir), { recursive: true, mode: 0o700 });
  rmSync(`${copy}.new`, { force: true });
  const db = new Database(deviceFile(dir, uid), { readwrite: true });
  try {
    const verdict = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get();
    if (verdict?.quick_check !== "ok") throw new Damage();
    db.run("VACUUM INTO ?", [`${copy}.new`]);
  } finally {
    db.close();
  }
  chmodSync(`${copy}.new`, 0o600);
  synced(`${copy}.new`);
  reached("copied");
  renameSync(`${copy}.new`, copy);
  if (process.platform !== "win32") synced(copiesIn(dir));
  reached("copy named");
}

async function takeRows(disk: Disk, { dir, uid, at, reached }: Merging): Promise<void> {
  disk.read(() => disk.db.run("ATTACH ? AS former", [copyOf(dir, uid)]));
  try {
    refuseNewer(disk);
    const written = disk.write(() => {
      if (hasTables(disk)) for (const sql of takeOver) disk.db.run(sql, [uid]);
      disk.db.run("INSERT INTO merged VALUES (?, ?)", [uid, at]);
      reached("rows written");
    });
    await written;
    reached("rows on disk");
  } finally {
    disk.db.run("DETACH former");
  }
}

/** A hash stands for the day it was seen on; what waits in the journal keeps its order. */
const takeOver = [
  "INSERT INTO credentials SELECT ?1, value FROM former.credentials",
  "INSERT INTO signal_key SELECT ?1, type, id, value FROM former.signal_key",
  `INSERT OR IGNORE INTO seen SELECT ?1, at / ${day}, hash FROM former.seen`,
  `INSERT INTO journal (device, hash, stanza, plaintext) SELECT ?1, hash, stanza, plaintext
     FROM former.journal JOIN former.seen USING (place) ORDER BY place`,
];

/** An attempt to link that came to nothing left an empty file. */
function hasTables({ db }: Disk): boolean {
  return db.query("SELECT 1 FROM former.sqlite_master WHERE name = 'credentials'").get() !== null;
}

function refuseNewer({ db }: Disk): void {
  const version = db.query<{ user_version: number }, []>("PRAGMA former.user_version").get()?.user_version ?? 0;
  if (version <= 1) return;
  throw new Failure("unavailable", "A file in devices/ was written by a newer Merpati. Start that newer version.");
}

function dropOldCopies(dir: string, clock: Clock): void {
  const folder = copiesIn(dir);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).mtimeMs < clock.now() - copiesKept) rmSync(file);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

class Damage extends Error {}

function isDamage(error: unknown): boolean {
  return error instanceof Damage || (error instanceof SQLiteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code ?? ""));
}

function synced(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
