import { Database } from "bun:sqlite";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { breathe } from "../../core/base/breathe.ts";
import { Failure } from "../../core/base/failure.ts";
import { newEnvelope, openEnvelope, type OwnerKey, needOwnerKey, rewrapped, sealRow } from "../seal/envelope.ts";
import { fileSealOf, isUnsealing, sealerOn } from "../seal/sealing.ts";
import { linking } from "../../core/model/events/events.ts";
import { lockFolder } from "../sqlite/lock.ts";
import { sealedTables, type SealedPart, type ColumnValue } from "./columns.ts";
import { convertFiles } from "./files.ts";
import { type SealDirection, type TableWalk, walkOf } from "./rows.ts";

/** How far a conversion is: kept in the row of the seal, with each slice. */
interface Work {
  readonly to: SealDirection;
  readonly parts: readonly SealedPart[];
  /** The table that is under way, among those of these parts. */
  readonly step: number;
  /** The key of the last row that is converted; null: none of this table. */
  readonly after: readonly ColumnValue[] | null;
}

/** Hears how far it is; a test ends the process in it. */
export type SealProgress = (what: "rows" | "files" | "rewriting", done: number, of: number) => void;

export interface SealState {
  readonly owner: string;
  readonly contents: boolean;
  /** It is on its way to that, or to no seal, and was interrupted. */
  readonly isUnderWay: boolean;
  readonly isUnsealing: boolean;
}

/** Null where the store is not sealed. Needs no key. */
export function sealState(dir: string): SealState | null {
  const db = opened(dir);
  try {
    const row = sealRow(db);
    if (row === null) return null;
    const { owner, contents, work } = row;
    return { owner, contents: contents === 1, isUnderWay: work !== null, isUnsealing: isUnsealing(row) };
  } finally {
    db.close();
  }
}

/**
 * Seals a store while no bot runs in it, or its contents too where only secrets are sealed; goes on with what was
 * interrupted. Its schema is the newest. Throws `unavailable` without the key, `conflict` for what is in the way.
 */
export async function sealStore(
  dir: string,
  key: OwnerKey,
  wantsContents: boolean,
  shown: SealProgress = () => {},
): Promise<void> {
  await alone(dir, async (db) => {
    const row = sealRow(db);
    if (row !== null && isUnsealing(row))
      throw new Failure("conflict", "It is being unsealed: end that first with merpati seal off.");
    needNoDeviceFiles(dir);
    if (row === null) begin(db, key(), wantsContents);
    else {
      needOwnerKey(row, key());
      if (row.work === null && (row.contents === 1 || !wantsContents)) return;
      if (row.work === null) toContents(db);
    }
    await convert(db, dir, key, shown);
    // What it was written with, in plain text, before.
    for (const name of ["devices-before-merge", "backup-work", "uploads"])
      rmSync(join(dir, name), { recursive: true, force: true });
    rewrite(db, shown);
    db.run("UPDATE seal SET work = NULL");
  });
}

/** Opens all of a store again while no bot runs in it. */
export async function unsealStore(dir: string, key: OwnerKey, shown: SealProgress = () => {}): Promise<void> {
  await alone(dir, async (db) => {
    const row = sealRow(db);
    if (row === null) return;
    needOwnerKey(row, key());
    if (row.work !== null && !isUnsealing(row))
      throw new Failure("conflict", "It is being sealed: end that first with merpati seal on.");
    if (row.work === null) {
      const parts: SealedPart[] = row.contents === 1 ? ["secrets", "contents"] : ["secrets"];
      note(db, { to: "plain", parts, step: 0, after: null });
    }
    await convert(db, dir, key, shown);
    db.transaction(() => {
      db.run("DELETE FROM seal");
      db.run("DELETE FROM seal_session");
    }).immediate();
  });
}

/** Wraps the data key with another key of the operator's, also beside a running bot: no value is touched. */
export function rotateOwnerKey(dir: string, from: OwnerKey, to: Buffer): void {
  const db = opened(dir);
  try {
    const row = sealRow(db);
    if (row === null) throw new Failure("conflict", "This store is not sealed: merpati seal on does it.");
    const { owner, dataKey } = rewrapped(row, needOwnerKey(row, from()), to);
    // The former key may be thrown away next.
    db.run("PRAGMA synchronous = FULL");
    db.run("UPDATE seal SET owner = ?, data_key = ?", [owner, dataKey]);
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}

function begin(db: Database, key: Buffer | null, wantsContents: boolean): void {
  if (key === null)
    throw new Failure("invalid", "No key is set: make one with merpati seal key <file>, and set SEAL_KEY_FILE to it.");
  const { keyId, owner, dataKey } = newEnvelope(key);
  const work: Work = {
    to: "sealed",
    parts: wantsContents ? ["secrets", "contents"] : ["secrets"],
    step: 0,
    after: null,
  };
  db.transaction(() => {
    db.run("INSERT INTO seal (one, key_id, owner, data_key, contents, work) VALUES (1, ?, ?, ?, ?, ?)", [
      keyId,
      owner,
      dataKey,
      wantsContents ? 1 : 0,
      JSON.stringify(work),
    ]);
    // They are worth nothing in ten minutes.
    for (const type of linking) db.run("DELETE FROM event WHERE type = ?", [type]);
  }).immediate();
}

function toContents(db: Database): void {
  const work: Work = { to: "sealed", parts: ["contents"], step: 0, after: null };
  db.run("UPDATE seal SET contents = 1, work = ?", [JSON.stringify(work)]);
}

const note = (db: Database, work: Work): void => void db.run("UPDATE seal SET work = ?", [JSON.stringify(work)]);

async function convert(db: Database, dir: string, key: OwnerKey, shown: SealProgress): Promise<void> {
  const row = sealRow(db);
  if (row?.work == null) return;
  const dataKey = openEnvelope(row, key());
  const sealer = sealerOn(db, dataKey);
  const work = JSON.parse(row.work) as Work;
  const walks = sealedTables
    .filter(({ part }) => work.parts.includes(part))
    .map((table) => walkOf(db, table, sealer, work.to));
  await convertRows(db, walks, work, shown);
  if (work.parts.includes("contents"))
    await convertFiles(dir, fileSealOf(row, dataKey), work.to, (done, of) => shown("files", done, of));
}

async function convertRows(db: Database, walks: readonly TableWalk[], work: Work, shown: SealProgress): Promise<void> {
  const of = walks.reduce((sum, { count }) => sum + count, 0);
  let done = walks.slice(0, work.step).reduce((sum, { count }) => sum + count, 0);
  let { step, after } = work;
  while (step < walks.length) {
    const next = db.transaction(() => {
      const moved = walks[step]?.next(after) ?? { after: null, done: 0 };
      note(db, { ...work, step: moved.after === null ? step + 1 : step, after: moved.after });
      return moved;
    });
    const moved = next.immediate();
    done += moved.done;
    after = moved.after;
    if (after === null) step += 1;
    shown("rows", Math.min(done, of), of);
    await breathe();
  }
}

/** Writes the file anew: no page of it holds what stood there before, and neither does its log. */
function rewrite(db: Database, shown: SealProgress): void {
  shown("rewriting", 0, 1);
  // Of words that went the index keeps a note until it is merged.
  db.run("INSERT INTO said_words (said_words) VALUES ('optimize')");
  db.run("VACUUM");
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  shown("rewriting", 1, 1);
}

/** Files of former versions hold keys in plain text. */
function needNoDeviceFiles(dir: string): void {
  const folder = join(dir, "devices");
  const [name] = existsSync(folder) ? readdirSync(folder) : [];
  if (name === undefined) return;
  throw new Failure(
    "conflict",
    `devices/${name} holds keys of a former version in plain text: start the bot once, which takes it over, or move it away.`,
  );
}

async function alone(dir: string, work: (db: Database) => Promise<void>): Promise<void> {
  const unlock = lockFolder(dir);
  try {
    const db = opened(dir);
    try {
      await work(db);
    } finally {
      db.close();
    }
  } finally {
    unlock();
  }
}

function opened(dir: string): Database {
  const db = new Database(join(dir, "merpati.sqlite"), { readwrite: true, create: false, strict: true });
  db.run("PRAGMA busy_timeout = 5000");
  // A slice that a power cut undoes is converted again.
  db.run("PRAGMA synchronous = NORMAL");
  return db;
}
