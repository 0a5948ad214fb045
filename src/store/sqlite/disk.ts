import { Database, type SQLQueryBindings, SQLiteError, type Statement } from "bun:sqlite";
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { basename, dirname } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { damaged } from "./damaged.ts";
import { GroupCommit } from "./group-commit.ts";
import { checkOf } from "./integrity.ts";
import type { OwnerKey } from "../seal/envelope.ts";
import { type Sealing, sealingOf } from "../seal/sealing.ts";
import { migrate, type Schema, versionOf } from "./migrations.ts";
import { plannedOnce } from "./planned-once.ts";
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
  /** What a sealed file is opened with. */
  ownerKey?: OwnerKey | undefined;
}

/**
 * One SQLite file. All work on it goes through `read`, `write` and `relaxed`, which turn what the disk says into
 * `Failure("unavailable")`; a work that throws leaves nothing behind. What is written in one turn of the event loop is one
 * transaction (`GroupCommit`).
 */
export class Disk {
  readonly #statements: { finalize(): void }[] = [];
  readonly #wal: Wal;
  readonly #group: GroupCommit;
  #undone = 0;

  private constructor(
    readonly db: Database,
    readonly file: string,
    /** The file may have been damaged, and was not read: see `Integrity`. */
    readonly isUnchecked: boolean,
    /** What seals the values in it. */
    readonly seal: Sealing,
    options: DiskOptions,
  ) {
    const ready = (sql: string): (() => void) => {
      const statement = this.prepare<unknown, []>(sql);
      return () => void statement.run();
    };
    const [begin, commit, rollback] = [ready("BEGIN IMMEDIATE"), ready("COMMIT"), ready("ROLLBACK")];
    const [save, release, undo] = [ready("SAVEPOINT work"), ready("RELEASE work"), ready("ROLLBACK TO work")];
    const wal = (this.#wal = new Wal(db, file, options.checkpoints, {
      flush: options.flush,
      before: () => this.#group.flush(),
    }));
    this.#group = new GroupCommit({
      begin: () => {
        wal.check();
        translated(begin);
      },
      commit: () => {
        translated(commit);
        wal.committed();
      },
      rollback: () => {
        this.#undone++;
        if (db.inTransaction) rollback();
      },
      save,
      release,
      undo: (isOne) => {
        this.#undone++;
        if (isOne) return;
        undo();
        release();
      },
      get isOpen() {
        return db.inTransaction;
      },
      flushed: async () => {
        if (options.durability === "full") await wal.flushed();
      },
    });
  }

  /**
   * Opens or makes `file` (0600, its folder 0700), checks it if it is small, and brings it to the schema. Throws
   * `unavailable` for one that is sealed when `ownerKey` is not the key.
   */
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
        return new Disk(db, file, due === "beside", sealingOf(db, options.ownerKey ?? (() => null)), options);
      } catch (error) {
        db.close();
        throw error;
      }
    }, basename(file));
  }

  /** How often something that had been written was taken back: what was read before may be wrong since. */
  get undone(): number {
    return this.#undone;
  }

  read<T>(work: () => T): T {
    return translated(work);
  }

  /** For what is told to others: nothing that a power cut could still undo. */
  async readFlushed<T>(work: () => T): Promise<T> {
    const found = translated(work);
    await this.#group.pending;
    return found;
  }

  /** Part of this turn's transaction, readable when the call returns; resolves when it is on disk, as far as `durability` says. */
  async write<T>(work: () => T): Promise<T> {
    const { result, done } = this.#joined(work);
    await done;
    return result;
  }

  /** As `write`, of a work that makes one change at most, by one statement: it needs no means to be undone alone. */
  async writeOne<T>(work: () => T): Promise<T> {
    const { result, done } = this.#joined(work, true);
    await done;
    return result;
  }

  /** As `write`, but throws at once what `work` throws. */
  join(work: () => void): Promise<void> {
    return this.#joined(work).done;
  }

  /**
   * Part of this turn's transaction too, which a power cut may undo (a crash of ours may not, once the turn is over): for
   * bookkeeping whose loss only repeats work. `isOne`: as for `writeOne`.
   */
  relaxed<T>(work: () => T, isOne = false): T {
    try {
      return this.#group.joinRelaxed(work, isOne);
    } catch (error) {
      throw asDiskFailure(error);
    }
  }

  /** Resolves when all that was written before the call, `relaxed` or not, is on disk, as far as `durability` says. */
  flushed(): Promise<void> {
    return this.join(() => {});
  }

  /** Resolves when all that was written before the call is committed. A crash of ours does not undo it; a power cut may. */
  async committed(): Promise<void> {
    await this.#group.open;
  }

  /** Resolves when nothing of what was committed before the call stands anywhere but in the database itself. */
  emptied(): Promise<void> {
    this.#group.flush();
    return this.#wal.empty();
  }

  /** Prepared and planned once, for the life of the disk. */
  prepare<Row = unknown, Params extends SQLQueryBindings[] = SQLQueryBindings[]>(sql: string): Statement<Row, Params> {
    const statement = this.db.prepare<Row, Params>(plannedOnce(sql)) as Statement<Row, Params>;
    this.#statements.push(statement);
    return statement;
  }

  /** A connection with an open statement lives on unseen, with its file and its lock: so they go first. */
  async close(): Promise<void> {
    this.#group.flush();
    await this.#wal.close();
    for (const statement of this.#statements.splice(0)) statement.finalize();
    this.db.close(true);
  }

  #joined<T>(work: () => T, isOne = false): { result: T; done: Promise<void> } {
    try {
      return this.#group.join(work, isOne);
    } catch (error) {
      throw asDiskFailure(error);
    }
  }
}

/**
 * Pages that stay in memory, as far as they are used: SQLite's own 2 MB hold less than the indexes of a day's messages, and
 * each of those reads three leaves that lie anywhere.
 */
const cacheKilobytes = 16_384;

function prepare(db: Database, { maxPages }: DiskOptions): void {
  if (versionOf(db) === 0) db.run("PRAGMA auto_vacuum = INCREMENTAL"); // only an empty file takes it
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = NORMAL"); // the wait for the disk is ours: see Wal
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA secure_delete = FAST");
  db.run("PRAGMA temp_store = MEMORY");
  db.run(`PRAGMA cache_size = -${cacheKilobytes}`);
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
