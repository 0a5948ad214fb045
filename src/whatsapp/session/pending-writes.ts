import { assert } from "../../core/base/failure.ts";
import type { JournalEntry, VaultBatch } from "../../core/ports/vault.ts";

type Keys = NonNullable<VaultBatch["keys"]>;

/** What came out of a ciphertext. */
export interface OpenedMessage {
  hash: string;
  plaintext: Uint8Array;
  /** Written down; asked for only when it goes into the journal. */
  stanza: () => string;
}

/** What one step of a ratchet, or anybody else, wants written; with the message that it decrypted. */
export interface Step {
  keys: Keys;
  credentials?: string | undefined;
  message?: OpenedMessage | undefined;
}

interface Waiting extends Step {
  /** Since when, milliseconds of the process. */
  since: number;
  /** Forgets that it waits. */
  forget: () => void;
  /** Of those who wait for this step to be on disk; made when the first asks. */
  onDisk?: PromiseWithResolvers<void>;
}

/** How long a message may wait for its events before it goes into the journal, milliseconds. Nearly none does. */
const journalAfterMs = 250;

/**
 * What waits to be written, in order. A message's records are written with its events, in one transaction of whoever makes
 * the events (`commitWith`); all else at the end of the turn.
 *
 *     none ─ add → waiting ─┬ commitWith: its message is told → in flight ─┬ on disk → none
 *                           ├ the end of the turn, when no message waits ──┤
 *                           └ too long: the message goes into the journal ─┘ refused → waiting, as it was
 *
 * Steps are taken from the front, and one transaction is in flight at a time: a record is whole by itself, so whatever is
 * written must have all that came before it, and a store may answer as late as it likes.
 */
export class PendingWrites {
  #steps: Waiting[] = [];
  #inFlight: Promise<unknown> | null = null;
  /** The newest step in flight, which others may wait for. */
  #lastInFlight: Waiting | null = null;
  #isDue = false;
  #isTimed = false;

  readonly #commit: (batch: VaultBatch) => Promise<void>;
  readonly #refused: (error: unknown) => void;

  /** `refused`: the store did not take what nobody else waits for. */
  constructor(commit: (batch: VaultBatch) => Promise<void>, refused: (error: unknown) => void) {
    this.#commit = commit;
    this.#refused = refused;
  }

  /** `forget` is called once it is on disk. */
  add(step: Step, forget: () => void): void {
    this.#steps.push({ ...step, forget, since: performance.now() });
    if (step.message) this.#journalLater();
    else this.#writeSoon();
  }

  /** Resolves when all steps so far are on disk; null when they are. */
  get unwritten(): Promise<void> | null {
    const last = this.#steps.at(-1) ?? this.#lastInFlight;
    if (!last) return null;
    last.onDisk ??= newWaiters();
    return last.onDisk.promise;
  }

  /** Writes everything now; messages whose events are not written go into the journal. */
  flush(): Promise<void> {
    return this.#write([], null, (batch) => (isEmpty(batch) ? Promise.resolve() : this.#commit(batch)));
  }

  /**
   * Runs `write` with the records that must be written together with what is told of the messages `told`. When it rejects,
   * nothing was written, and they wait as before. `all`: with everything that waits.
   */
  commitWith<T>(told: readonly string[], write: (batch: VaultBatch) => Promise<T>, all = false): Promise<T> {
    return this.#write(told, all ? null : new Set(told), write);
  }

  /** As `commitWith`, of messages that nothing is told of. */
  settle(told: readonly string[]): Promise<void> {
    return this.commitWith(told, this.#commit);
  }

  /** `until`: messages up to whose last one it goes; null is everything. */
  async #write<T>(
    told: readonly string[],
    until: ReadonlySet<string> | null,
    write: (batch: VaultBatch) => Promise<T>,
  ): Promise<T> {
    while (this.#inFlight) await this.#inFlight;
    const steps = this.#steps.splice(0, until ? reach(this.#steps, until) : Infinity);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#inFlight = promise;
    this.#lastInFlight = steps.at(-1) ?? null;
    try {
      const result = await write(batchOf(steps, told));
      for (const { forget, onDisk } of steps) {
        forget();
        onDisk?.resolve();
      }
      return result;
    } catch (error) {
      this.#steps.unshift(...steps);
      throw error;
    } finally {
      assert(this.#inFlight === promise, "one transaction is in flight at a time");
      this.#inFlight = null;
      this.#lastInFlight = null;
      resolve();
    }
  }

  #writeSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.writeNow();
    });
  }

  /** Writes what waits, unless a message is among it: then it goes with that message's events. */
  writeNow(): void {
    if (this.#steps.length > 0 && !this.#steps.some(({ message }) => message)) this.#flushOrRefuse();
  }

  #journalLater(): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    setTimeout(() => {
      this.#isTimed = false;
      const oldest = this.#steps.find(({ message }) => message);
      if (!oldest) return;
      const isLate = performance.now() - oldest.since >= journalAfterMs;
      if (isLate && !this.#inFlight) this.#flushOrRefuse();
      else this.#journalLater();
    }, journalAfterMs);
  }

  #flushOrRefuse(): void {
    this.flush().catch(this.#refused);
  }
}

function newWaiters(): PromiseWithResolvers<void> {
  const waiters = Promise.withResolvers<void>();
  waiters.promise.catch(() => {}); // whoever cares holds it too
  return waiters;
}

/** How many steps go with these messages: all to the last of them, and what follows up to the next message. */
function reach(steps: readonly Step[], told: ReadonlySet<string>): number {
  let count = 0;
  // They stand in front, as a rule: a long queue is not looked through for each of its parts.
  for (let [at, left] = [0, told.size]; at < steps.length && left > 0; at++) {
    const hash = steps[at]?.message?.hash;
    if (hash === undefined || !told.has(hash)) continue;
    count = at + 1;
    left--;
  }
  while (count < steps.length && !steps[count]?.message) count++;
  return count;
}

/** The last value of each record. A message that is told is remembered by its hash; another one goes into the journal. */
function batchOf(steps: readonly Step[], told: readonly string[]): VaultBatch {
  const keys: Keys = {};
  const [seen, settled] = [new Set<string>(), new Set(told)];
  const journal: JournalEntry[] = [];
  let credentials: string | undefined;
  for (const { message, ...step } of steps) {
    for (const type in step.keys) Object.assign((keys[type] ??= {}), step.keys[type]);
    credentials = step.credentials ?? credentials;
    if (!message) continue;
    if (settled.delete(message.hash)) seen.add(message.hash);
    else if (!seen.has(message.hash)) journal.push({ ...message, stanza: message.stanza() });
  }
  return {
    keys,
    seen: [...seen],
    journal,
    settled: [...settled],
    ...(credentials === undefined ? {} : { credentials }),
  };
}

const isEmpty = ({ keys = {}, credentials, seen, journal, settled }: VaultBatch): boolean =>
  Object.keys(keys).length === 0 && credentials === undefined && !seen?.length && !journal?.length && !settled?.length;
