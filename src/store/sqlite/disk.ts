import { Database, type SQLQueryBindings, SQLiteError, type Statement } from "bun:sqlite";
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { damaged } from "./damaged.ts";
import { checkOf } from "./integrity.ts";
import { migrate, type Schema, versionOf } from "./migrations.ts";
import { type Flush, Wal } from "./wal.ts";

/** `full` survives a power cut; `normal` may lose the last commits to one, never to a crash of ours. */
export type Durability = "full" | "normal";

export interface DiskOptions {
  durability: Durability;
  checkpoints: Checkpoints;
  /** In the place of the disk's own way, for tests. */
  flush?: Flush | undefined;
  /** Refuse to grow the file beyond this many pages of 4 KB, as a full disk would. */
  maxPages?: number | undefined;
}

/**
 * One SQLite file. All work on it goes through `read`, `write` and `relaxed`, which turn what the disk says into
 * `Failure("unavailable")`; a transaction that throws leaves nothing behind.
 */
export class Disk {
  readonly #begin: () => void;
  readonly #commit: () => void;
  readonly #rollback: () => void;
  readonly #statements: { finalize(): void }[] = [];
  readonly #wal: Wal;

  readonly #options: DiskOptions;

  private constructor(
    readonly db: Database,
    readonly file: string,
    /** The file may have been damaged, and was not read: see `Integrity`. */
    readonly isUnchecked: boolean,
    options: DiskOptions,
  ) {
    this.#options = options;
    const ready = (sql: string): (() => void) => {
      const statement = this.prepare<unknown, []>(sql);
      return () => void statement.run();
    };
    this.#begin = ready("BEGIN IMMEDIATE");
    this.#commit = ready("COMMIT");
    this.#rollback = ready("ROLLBACK");
    this.#wal = new Wal(db, file, options.checkpoints, options.flush);
  }

  /** Opens or makes `file` (0600, its folder 0700), checks it if it is small, and brings it to the schema. */
  static open(file: string, schema: Schema, options: DiskOptions): Disk {
    return translated(() => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      closeSync(openSync(file, "a", 0o600));
      chmodSync(file, 0o600); // -wal and -shm take their mode from it
      const due = checkOf(file);
      const db = new Database(file, { strict: true });
      try {
        db.run("PRAGMA busy_timeout = 5000"); // first: what follows may itself have to wait
        if (due === "now") check(db, file);
        prepare(db, options);
        migrate(db, schema);
      } catch (error) {
        db.close();
        throw error;
      }
      return new Disk(db, file, due === "beside", options);
    }, basename(file));
  }

  read<T>(work: () => T): T {
    return translated(work);
  }

  /** For what is told to others: nothing that a power cut could still undo. */
  async readFlushed<T>(work: () => T): Promise<T> {
    const found = translated(work);
    await this.#wal.pending;
    return found;
  }

  /** One transaction, made when the call returns; it resolves when it is on disk, as far as `durability` says. */
  async write<T>(work: () => T): Promise<T> {
    const result = this.relaxed(work);
    await this.flushed();
    return result;
  }

  /**
   * One transaction that a power cut may undo (a crash may not): for bookkeeping whose loss only repeats work, and for
   * what the next `write` carries along.
   */
  relaxed<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw asDiskFailure(error);
    }
  }

  /** For a transaction that outlives one call: see `Group`. */
  begin(): void {
    this.#wal.check();
    translated(this.#begin);
  }

  commit(): void {
    translated(this.#commit);
    this.#wal.committed();
  }

  rollback(): void {
    if (this.db.inTransaction) this.#rollback();
  }

  /** Resolves when all that was committed before the call is on disk, as far as `durability` says. */
  async flushed(): Promise<void> {
    if (this.#options.durability === "full") await this.#wal.flushed();
  }

  /** Resolves when nothing of what was committed before the call stands anywhere but in the database itself. */
  emptied(): Promise<void> {
    return this.#wal.empty();
  }

  /** Prepared once, for the life of the disk. */
  prepare<Row = unknown, Params extends SQLQueryBindings[] = SQLQueryBindings[]>(sql: string): Statement<Row, Params> {
    const statement = this.db.prepare<Row, Params>(sql) as Statement<Row, Params>;
    this.#statements.push(statement);
    return statement;
  }

  /** A connection with an open statement lives on unseen, with its file and its lock: so they go first. */
  async close(): Promise<void> {
    await this.#wal.close();
    for (const statement of this.#statements.splice(0)) statement.finalize();
    this.db.close(true);
  }
}

function prepare(db: Database, { maxPages }: DiskOptions): void {
  if (versionOf(db) === 0) db.run("PRAGMA auto_vacuum = INCREMENTAL"); // only an empty file takes it
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = NORMAL"); // the wait for the disk is ours: see Wal
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA secure_delete = FAST");
  db.run("PRAGMA temp_store = MEMORY");
  db.run("PRAGMA trusted_schema = OFF");
  db.run(`PRAGMA journal_size_limit = ${64 << 20}`);
  if (maxPages !== undefined) db.run(`PRAGMA max_page_count = ${maxPages}`);
}

function check(db: Database, file: string): void {
  const verdict = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get();
  if (verdict?.quick_check !== "ok") throw damaged(file, verdict?.quick_check);
}

function translated<T>(work: () => T, file?: string): T {
  try {
    return work();
  } catch (error) {
    throw asDiskFailure(error, file);
  }
}

function asDiskFailure(error: unknown, file = "The database"): unknown {
  if (!(error instanceof SQLiteError)) return error;
  const code = error.code ?? "";
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(file, error);
  const sentence = refusals.find(([name]) => code.startsWith(name))?.[1];
  if (sentence !== undefined) return new Failure("unavailable", sentence, { cause: error });
  return new Failure("internal", `The database refused what it was asked (${code}); nothing was written.`, {
    cause: error,
  });
}

const refusals: readonly (readonly [string, string])[] = [
  ["SQLITE_FULL", "The disk is full; nothing was written. Free some space and try again."],
  ["SQLITE_IOERR", "The disk reports an error; nothing was written."],
  ["SQLITE_READONLY", "The data folder is read-only; nothing was written."],
  ["SQLITE_CANTOPEN", "The data folder cannot be opened; check that it exists and who owns it."],
  ["SQLITE_PERM", "The data folder cannot be opened; check who owns it."],
  ["SQLITE_BUSY", "The database is in use by another program; nothing was written. Try again."],
  ["SQLITE_LOCKED", "The database is in use by another program; nothing was written. Try again."],
];
