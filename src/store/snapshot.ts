import { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../core/base/failure.ts";
import { sealRow } from "./seal/envelope.ts";
import { storedName } from "./seal/sealed-files.ts";
import { damaged } from "./sqlite/damaged.ts";

/** Where a device stood. */
export interface DevicePosition {
  readonly tenant: string;
  readonly id: string;
  readonly isLinked: boolean;
  /** Of its last event; left out by those that do not say so yet. */
  readonly seq?: number;
}

/** What a snapshot holds, by which two of them are told apart. */
export interface SnapshotPosition {
  readonly schema: number;
  /** The last event that was ever written. */
  readonly lastEvent: number;
  /** Which store it is of; left out by those that do not say so yet. */
  readonly store?: string | null;
  readonly devices: readonly DevicePosition[];
  /** Files that messages speak of: their names in `media/`, which begin with their hashes. */
  readonly files: readonly string[];
}

/**
 * Writes the database as it is at one moment into a new file, with all that is in its log, while a bot may run: readers
 * hinder no writer in WAL mode. Throws `unavailable` when the disk refuses.
 */
export function snapshot(dir: string, to: string): void {
  const db = new Database(join(dir, "merpati.sqlite"), { readwrite: true, create: false, strict: true });
  try {
    db.run("PRAGMA busy_timeout = 10000");
    db.query("VACUUM INTO ?").run(to);
  } catch (cause) {
    rmSync(to, { force: true });
    throw new Failure("unavailable", "The database could not be copied: is there room on the disk?", { cause });
  } finally {
    db.close();
  }
}

/** A restored database is the first of its line: no note stands beside it (`sqlite/stamp.ts`). */
export function unstamp(dir: string): void {
  const db = new Database(join(dir, "merpati.sqlite"), { readwrite: true, create: false, strict: true });
  db.run("UPDATE stamp SET generation = 0");
  db.close();
}

/** Reads a snapshot, whole. Throws `unavailable` for one that is damaged. */
export function positionOf(file: string): SnapshotPosition {
  const db = new Database(file, { readonly: true, strict: true });
  try {
    const verdict = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
    if (verdict !== "ok") throw damaged(file, verdict);
    const one = <T>(sql: string) => db.query<{ value: T }, []>(sql).get()?.value;
    const seal = sealRow(db);
    return {
      schema: one<number>("SELECT user_version AS value FROM pragma_user_version") ?? 0,
      store: storeOf(db),
      lastEvent: one<number>("SELECT max(seq) AS value FROM sqlite_sequence WHERE name = 'event'") ?? 0,
      devices: db
        .query<{ tenant: string; id: string; linked: number; seq: number }, []>(
          "SELECT tenant, id, account IS NOT NULL AS linked, seq FROM device ORDER BY tenant, id",
        )
        .all()
        .map(({ tenant, id, linked, seq }) => ({ tenant, id, isLinked: linked === 1, seq })),
      files: db
        .query<{ sha256: string }, []>("SELECT DISTINCT sha256 FROM media WHERE state = 'ready' ORDER BY sha256")
        .all()
        .map(({ sha256 }) => storedName(sha256, seal?.contents === 1 ? { id: seal.keyId } : null)),
    };
  } finally {
    db.close();
  }
}

/** Null in a store that no bot began with, and in one of a former version. */
function storeOf(db: Database): string | null {
  if (db.query("SELECT 1 FROM sqlite_master WHERE name = 'stamp'").get() === null) return null;
  return db.query<{ store: string }, []>("SELECT store FROM stamp").get()?.store ?? null;
}
