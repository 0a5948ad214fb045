import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { asFailure, Failure } from "../../core/base/failure.ts";
import { inheritOwner } from "./inherit-owner.ts";

/** How often the holder looks whether its file is still there, milliseconds. */
const lookMs = 2_000;

interface LockOptions {
  /** Hears that the folder is another process's by now. */
  lost?: (error: Failure) => void;
  /** How often it is looked for the file, milliseconds. */
  look?: number;
}

/** The folder belongs to another process by now. Thrown where nobody catches it: the process must end. */
const throwLost = (error: Failure): void => {
  throw error;
};

/**
 * One process a folder: two would fight over the WhatsApp sessions in it. The lock is SQLite's own on the file
 * `lock`, so the operating system lets go of it however the process ends, kill -9 included. When somebody deletes the file,
 * it is made and held anew; `lost` hears when another process was faster. Throws `unavailable`.
 */
export function lockFolder(dir: string, { lost = throwLost, look = lookMs }: LockOptions = {}): () => void {
  const file = join(dir, "lock");
  const inUse = (pid: string): string =>
    `${dir} is in use by another Merpati${pid}. Stop that one first, or give this one a folder of its own.`;
  let db = held(dir, file, inUse);
  let place = placeOf(file);
  const timer = setInterval(() => {
    if (place !== null && placeOf(file) === place) return;
    // Without its folder there is nothing to hold: making it anew would leave an empty one behind.
    if (placeOf(dir) === null) return clearInterval(timer);
    try {
      const again = held(dir, file, inUse);
      db.close();
      [db, place] = [again, placeOf(file)];
    } catch (error) {
      clearInterval(timer);
      lost(asFailure(error));
    }
  }, look);
  timer.unref();
  return () => {
    clearInterval(timer);
    db.close();
  };
}

/** One backup at a time of a folder: two would take each other's files away. Throws `unavailable`. */
export function lockBackups(dir: string): () => void {
  const sentence = (pid: string) => `A backup of ${dir} is being made already${pid}: wait for it.`;
  const db = held(dir, join(dir, "backup-lock"), sentence);
  return () => db.close();
}

/** Which file stands there; null when none does. */
function placeOf(file: string): string | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : null;
}

/** `sentence` says who has it, ` (process 17)`, or nothing. */
function held(dir: string, file: string, sentence: (pid: string) => string): Database {
  const db = openLock(dir, file);
  try {
    db.run("CREATE TABLE IF NOT EXISTS owner (pid INTEGER NOT NULL)");
    // The name must be committed to be readable; the second transaction is the lock, held until the end.
    db.transaction(() => {
      db.run("DELETE FROM owner");
      db.run("INSERT INTO owner VALUES (?)", [process.pid]);
    }).immediate();
    db.run("BEGIN IMMEDIATE");
    return db;
  } catch (error) {
    const pid = ownerOf(db);
    db.close();
    if (!isBusy(error)) throw unusable(dir, error);
    throw new Failure("unavailable", sentence(pid === null ? "" : ` (process ${pid})`), { cause: error });
  }
}

function openLock(dir: string, file: string): Database {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const db = new Database(file);
    chmodSync(file, 0o600);
    inheritOwner(file);
    return db;
  } catch (error) {
    throw unusable(dir, error);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");

/** `EACCES`, `EROFS`, `ENOSPC`, `SQLITE_READONLY`, … */
function unusable(dir: string, cause: unknown): Failure {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  return new Failure(
    "unavailable",
    `${dir} cannot be written (${code}): it is read-only, full, or another user's. Give this user a folder to write to.`,
    { cause },
  );
}

function ownerOf(db: Database): number | null {
  try {
    return db.query<{ pid: number }, []>("SELECT pid FROM owner").get()?.pid ?? null;
  } catch {
    return null;
  }
}
