import { assert } from "../../core/base/failure.ts";
import type { Disk } from "./disk.ts";

/** One transaction under way, and whoever waits for it. */
interface Together {
  done: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: what is written within one turn of the event loop shares a transaction, and so one wait for the disk.
 * It can be read at once; it is on disk when its promise resolves; a crash before that forgets all of it.
 *
 *     none ─ join → open ─┬ join → open
 *       ↑                 ├ flush: end of the round, or sooner → committed, in `#last` ─ the log is flushed → on disk
 *       │                 └ a work throws, or the commit → rolled back: everybody's promise rejects
 *       └─────────────────┘ in each case the next join opens a new one
 *
 * At most one group is open, and while it is, the connection is inside its transaction.
 */
export class GroupCommit {
  #open: Together | null = null;
  /** The last one that was committed, until it is on disk. */
  #last: Promise<void> | null = null;

  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Throws what `work` throws; then nothing of the whole group is written, and the others' promises reject too. */
  join(work: () => void): Promise<void> {
    const group = (this.#open ??= this.#begin());
    try {
      this.#disk.read(work);
    } catch (error) {
      this.#abandon(error);
      throw error;
    }
    return group.done;
  }

  /** Of the newest group; null when everything that was written is on disk. */
  get pending(): Promise<void> | null {
    return this.#open?.done ?? this.#last;
  }

  /** Commits the open group now. */
  flush(): void {
    const group = this.#open;
    if (group === null) return;
    try {
      this.#disk.commit();
    } catch (error) {
      return this.#abandon(error);
    }
    this.#open = null;
    this.#last = group.done;
    this.#disk.flushed().then(() => {
      if (this.#last === group.done) this.#last = null;
      group.resolve();
    }, group.reject);
  }

  #begin(): Together {
    assert(this.#open === null, "at most one group is open");
    this.#disk.begin();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // whoever cares holds it too
    setImmediate(() => this.flush());
    return { done: promise, resolve, reject };
  }

  #abandon(error: unknown): void {
    const group = this.#open;
    this.#open = null;
    this.#disk.rollback();
    group?.reject(error);
  }
}
