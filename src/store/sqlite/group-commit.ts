import { assert } from "../../core/base/failure.ts";

/** What a group needs of the database. Each may throw what SQLite says. */
export interface Transactions {
  begin(): void;
  commit(): void;
  /** Undoes the whole transaction; nothing when SQLite did so by itself. */
  rollback(): void;
  /** A work inside the transaction that can be undone alone. */
  save(): void;
  release(): void;
  /** Takes back what a work wrote; `isOne`: SQLite has done so. */
  undo(isOne: boolean): void;
  /** False when SQLite ended the transaction by itself, as it does when the disk is full. */
  readonly isOpen: boolean;
  /** Resolves when all that was committed before the call is on disk. */
  flushed(): Promise<void>;
}

/** One transaction under way, and whoever waits for it. */
interface Together {
  /** Somebody waits for the disk; else it may be lost to a power cut. */
  isAwaited: boolean;
  done: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: what is written within one turn of the event loop shares a transaction, and so one wait for the disk.
 * It can be read at once; it is on disk when its promise resolves; a crash before that forgets all of it.
 *
 *     none ─ join → open ─┬ join → open
 *       ↑                 ├ a work throws → only that work is undone → open, or none when it was the first
 *       │                 ├ flush: end of the turn, or sooner → committed, in `#last` ─ the log is flushed → on disk
 *       │                 └ SQLite rolls back, or the commit fails → everybody's promise rejects
 *       └─────────────────┘ in each case the next join opens a new one
 *
 * At most one group is open, and while it is, the connection is inside its transaction.
 */
export class GroupCommit {
  #open: Together | null = null;
  /** The last one that was committed, until it is on disk. */
  #last: Promise<void> | null = null;

  readonly #db: Transactions;

  constructor(db: Transactions) {
    this.#db = db;
  }

  /**
   * Throws what `work` throws; then nothing of this work is written. `done` rejects when the group cannot be. `isOne`: of its
   * statements one writes at most, which SQLite undoes by itself when it fails.
   */
  join<T>(work: () => T, isOne = false): { result: T; done: Promise<void> } {
    const [result, group] = this.#worked(work, isOne);
    group.isAwaited = true;
    return { result, done: group.done };
  }

  /** As `join`, for what need not be on disk: alone it costs no wait. */
  joinRelaxed<T>(work: () => T, isOne = false): T {
    return this.#worked(work, isOne)[0];
  }

  /** Of the newest group that anybody waits for; null when all of them are on disk. */
  get pending(): Promise<void> | null {
    return this.#open?.isAwaited ? this.#open.done : this.#last;
  }

  /** Of the open group, whether anybody waits for the disk or not; null when all is committed. */
  get open(): Promise<void> | null {
    return this.#open?.done ?? null;
  }

  /** Commits the open group now. */
  flush(): void {
    const group = this.#open;
    if (group === null) return;
    this.#open = null;
    try {
      this.#db.commit();
    } catch (error) {
      this.#db.rollback();
      return group.reject(error);
    }
    if (!group.isAwaited) return group.resolve();
    this.#last = group.done;
    this.#db.flushed().then(() => {
      if (this.#last === group.done) this.#last = null;
      group.resolve();
    }, group.reject);
  }

  #worked<T>(work: () => T, isOne: boolean): [result: T, group: Together] {
    const open = this.#open;
    const result = open === null ? this.#first(work) : this.#further(open, work, isOne);
    assert(this.#open !== null, "a work that was done is in a group");
    return [result, this.#open];
  }

  #first<T>(work: () => T): T {
    this.#db.begin();
    try {
      const result = work();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      promise.catch(() => {}); // whoever cares holds it too
      this.#open = { isAwaited: false, done: promise, resolve, reject };
      setImmediate(() => this.flush());
      return result;
    } catch (error) {
      this.#db.rollback();
      throw error;
    }
  }

  #further<T>(group: Together, work: () => T, isOne: boolean): T {
    if (!isOne) this.#db.save();
    try {
      const result = work();
      if (!isOne) this.#db.release();
      return result;
    } catch (error) {
      if (this.#db.isOpen) this.#db.undo(isOne);
      else {
        this.#open = null;
        this.#db.rollback();
        group.reject(error);
      }
      throw error;
    }
  }
}
