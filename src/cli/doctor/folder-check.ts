import { Database } from "bun:sqlite";
import { chmodSync, existsSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { bytes } from "../base/units.ts";
import { amiss, type Finding, well } from "./finding.ts";

/** Below it the database may stop to grow any day, bytes. */
const leastFree = 500_000_000;

/** The data folder: its rights, its databases, its disk. */
export function* checkFolder(dir: string): Generator<Finding> {
  if (!existsSync(dir)) {
    yield well(`There is no ${dir} yet: the first start makes it.`);
    return;
  }
  yield* rights(dir);
  yield* databases(dir);
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  if (free < leastFree) yield amiss(`The disk of ${dir} has ${bytes(free)} left: free some, or nothing can be kept.`);
  else yield well(`The disk has ${bytes(free)} left.`);
}

/** Everything in it belongs to whoever runs the bot, and nobody else reads it. */
function* rights(dir: string): Generator<Finding> {
  if (process.platform === "win32") return;
  const open: string[] = [];
  const foreign: string[] = [];
  for (const path of [dir, ...readdirSync(dir).map((name) => join(dir, name))]) {
    const { mode, uid } = statSync(path);
    if ((mode & 0o077) !== 0) open.push(path);
    if (uid !== process.getuid?.()) foreign.push(path);
  }
  if (foreign.length > 0)
    yield amiss(`Files belong to another user: chown -R $(id -un) ${dir}, or run this as that user.`);
  if (open.length > 0)
    yield amiss(`Others on this machine may read ${open.join(", ")}.`, () => {
      for (const path of open) chmodSync(path, statSync(path).mode & 0o700);
    });
  if (foreign.length === 0 && open.length === 0) yield well("Only its owner may read the data folder.");
}

function* databases(dir: string): Generator<Finding> {
  const files = ["merpati.sqlite", ...inFolder(join(dir, "devices"))].map((name) => join(dir, name));
  for (const file of files.filter((each) => existsSync(each))) {
    const verdict = integrity(file);
    if (verdict === "ok") yield well(`${file} is whole (${bytes(statSync(file).size)}).`);
    else yield amiss(`${file} is damaged (${verdict}): stop the bot and restore a backup (merpati backup list).`);
  }
}

function inFolder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sqlite"))
    .map((name) => join("devices", name));
}

/** `ok`, or what SQLite says. */
function integrity(file: string): string {
  try {
    const db = new Database(file, { readonly: true });
    try {
      return db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check ?? "no answer";
    } finally {
      db.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A note of a bot that ended without a word. */
export function staleNote(dir: string): Finding {
  const file = join(dir, "running.json");
  return amiss(`${file} names a bot that runs no more; it was ended hard.`, () => rmSync(file, { force: true }));
}
