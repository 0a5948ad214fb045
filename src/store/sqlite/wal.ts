import type { Database } from "bun:sqlite";
import { closeSync, fdatasync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { assert, Failure } from "../../core/base/failure.ts";
import type { Checkpoints } from "./checkpoints.ts";

/** Resolves when what was written to the log `fd` of the database `file` is on disk. */
export type Flush = (fd: number, file: string) => Promise<void>;

const sync = promisify(fdatasync);
const toDisk: Flush = (fd) => sync(fd);

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // it has no such call, and writes names with the file
  await using folder = await open(path, "r");
  await folder.sync();
}

export interface WalHooks {
  flush?: Flush | undefined;
  /** Ends a transaction that is open on the connection: inside one no log begins anew. */
  before?: () => void;
}

/** How long the log may grow, pages of 4 KB, before it is copied into the database and begun anew. */
const longest = 8_192;

/**
 * The write-ahead log of a database. SQLite puts a commit into it and does not wait for the disk (`synchronous =
 * NORMAL`); `flushed` does, without holding up the program, and gives whoever awaits it what `FULL` gives. One wait
 * serves all commits before it.
 *
 *     idle ─ flushed → next ─ nothing runs → running ─┬ synced → idle
 *                       ↑                             └ the disk fails → broken, for good: every later flush rejects
 *                       └ flushed while one runs: it may have begun before that commit, so another follows
 *
 *     short ─ so many commits → copying ─┬ little was in it → short, looked at after twice as many
 *                                        └ half full → long ─ next commit → begun anew → short
 *
 * One flush runs at a time and at most one waits; whoever asks while it waits shares it.
 */
export class Wal {
  readonly #flushFile: Flush;
  readonly #before: () => void;
  #fd: number | null = null;
  #running: Promise<void> | null = null;
  /** Asked for, and not begun. */
  #next: Promise<void> | null = null;
  #broken: Failure | null = null;
  /** Since the log was begun. */
  #commits = 0;
  /** After how many commits it is looked at: as many as probably fill it. */
  #patience = 64;
  #copying: Promise<void> | null = null;
  #isLong = false;

  readonly #db: Database;
  readonly #file: string;
  readonly #checkpoints: Checkpoints;

  constructor(
    db: Database,
    file: string,
    checkpoints: Checkpoints,
    { flush = toDisk, before = () => {} }: WalHooks = {},
  ) {
    this.#db = db;
    this.#file = file;
    this.#checkpoints = checkpoints;
    this.#flushFile = flush;
    this.#before = before;
    // Only if our own way of copying it should fail.
    db.run(`PRAGMA wal_autocheckpoint = ${4 * longest}`);
  }

  /** Resolves when all that was committed before the call is on disk. Rejects with `unavailable`. */
  flushed(): Promise<void> {
    // The one that runs may have begun before the caller's commit.
    return (this.#next ??= this.#run());
  }

  /** Of the last commit that is waited for; null when none is. */
  get pending(): Promise<void> | null {
    return this.#next ?? this.#running;
  }

  /** Throws once the disk has failed: what it lost then, it would seem to have taken at the next try. */
  check(): void {
    if (this.#broken) throw this.#broken;
  }

  /** Call it after every commit, outside of any transaction. */
  committed(): void {
    this.#commits += 1;
    if (this.#isLong) this.#beginAnew();
    else if (this.#commits >= this.#patience) this.#copying ??= this.#copy();
  }

  /** Copies all of the log and leaves an empty file. */
  async empty(): Promise<void> {
    await Promise.allSettled([this.pending, this.#copying]);
    await (this.#copying = this.#copy());
    this.#beginAnew("TRUNCATE");
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.pending, this.#copying]);
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  async #run(): Promise<void> {
    await this.#running?.catch(() => {});
    assert(this.#running === null, "one flush runs at a time");
    this.#next = null;
    const mine = (this.#running = this.#flush());
    await mine.finally(() => this.#running === mine && (this.#running = null));
  }

  async #flush(): Promise<void> {
    this.check();
    try {
      if (this.#fd === null) {
        this.#fd = openSync(`${this.#file}-wal`, "r+");
        await syncFolder(dirname(this.#file)); // the file is new, and its name is written there
      }
      await this.#flushFile(this.#fd, this.#file);
    } catch (error) {
      this.#broken = new Failure(
        "unavailable",
        "The disk reports an error, so nothing more is written. Check the disk, then start Merpati again.",
        { cause: error },
      );
      throw this.#broken;
    }
  }

  async #copy(): Promise<void> {
    const commits = this.#commits;
    const frames = await this.#checkpoints.copy(this.#file);
    this.#copying = null;
    this.#isLong = frames >= longest / 2;
    this.#patience = this.#isLong ? Math.ceil((commits * longest) / frames) : commits * 2;
  }

  /** Nearly all is copied: what is left is a moment's work, and the log starts at its beginning again. */
  #beginAnew(how: "RESTART" | "TRUNCATE" = "RESTART"): void {
    this.#isLong = false;
    this.#commits = 0;
    this.#before();
    try {
      this.#db.run(`PRAGMA wal_checkpoint(${how})`);
    } catch {
      // The commit stands; a log that could not be copied is tried again when it has grown further.
    }
  }
}
