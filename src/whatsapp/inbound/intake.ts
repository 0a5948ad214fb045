import { breathe } from "../../core/base/breathe.ts";
import type { Signal } from "../../core/ports/connector.ts";
import { Failure } from "../../core/base/failure.ts";

/** What follows from one message, or from anything else: in one transaction with the steps that decrypted it. */
interface Report {
  signals: readonly Signal[];
  /** Of the messages that are told by it. */
  hashes: readonly string[];
}

/** What waits to be written. */
interface Reports extends PromiseWithResolvers<void> {
  reports: Report[];
}

/** Signals in one transaction, and characters of theirs above which it takes no other. */
const mostAtOnce = 64;
const mostCharacters = 64 * 1024;

export interface IntakePorts {
  /** Writes signals, and that the messages with these hashes are told by them. */
  hear(signals: readonly Signal[], hashes: readonly string[]): Promise<void>;
  /** Called once, with why nothing can be written any more. */
  fail(error: unknown): void;
  /** What is told in the place of a signal that is refused for what it says; null is nothing. */
  instead(signal: Signal, error: unknown): Signal | null;
}

/**
 * What a connection has to report, in order and in batches: signals that arrive while a batch is being written
 * go into the next one, so one transaction serves many messages under load and none waits when it is quiet.
 *
 * When a batch cannot be written, nothing after it is reported either: the journal still has it.
 */
export class Intake {
  #next: Reports | null = null;
  #running: Promise<void> | null = null;
  #broken: unknown = null;

  readonly #ports: IntakePorts;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** Resolves when the signals, and all before them, are on disk; rejects when they cannot be. */
  add(signals: readonly Signal[], hashes: readonly string[] = []): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const batch = (this.#next ??= { reports: [], ...Promise.withResolvers<void>() });
    batch.reports.push({ signals, hashes });
    this.#running ??= this.#run();
    return batch.promise;
  }

  /** Resolves when all that was added is on disk or has failed. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next) {
      // One turn of the event loop, so that everything of the same burst shares the transaction.
      await breathe();
      const batch: Reports = this.#next;
      this.#next = null;
      try {
        await this.#write(batch);
        batch.resolve();
      } catch (error) {
        this.#refuse(batch, error);
      }
    }
    // In the same breath: what is added a moment later would wait for a run that is over.
    this.#running = null;
  }

  async #write({ reports }: Reports): Promise<void> {
    // What waits is a contact's flood at times: others have their turn between two transactions.
    const parts = partsOf(reports);
    for (const [at, part] of parts.entries()) {
      if (at > 0) await breathe();
      await this.#tell(part);
    }
  }

  async #tell({ signals, hashes }: Report): Promise<void> {
    try {
      await this.#ports.hear(signals, hashes);
    } catch (error) {
      if (!isFault(error)) throw error;
      await this.#tellEach(signals, hashes);
    }
  }

  /** One that cannot be written for what it says must not hold up all others for ever. */
  async #tellEach(signals: readonly Signal[], hashes: readonly string[]): Promise<void> {
    for (const [at, signal] of signals.entries()) {
      const told = at === signals.length - 1 ? hashes : [];
      try {
        await this.#ports.hear([signal], told);
      } catch (error) {
        if (!isFault(error)) throw error;
        const other = this.#ports.instead(signal, error);
        if (other || told.length > 0) await this.#ports.hear(other ? [other] : [], told);
      }
    }
  }

  /** With all that waits behind it. */
  #refuse(batch: Reports, error: unknown): void {
    this.#broken = error;
    const next = this.#next;
    this.#next = null;
    for (const each of [batch, next]) {
      each?.promise.catch(() => {}); // whoever cares holds it too
      each?.reject(error);
    }
    this.#ports.fail(error);
  }
}

/** Ours rather than the disk's: it would fail the next time too. */
function isFault(error: unknown): boolean {
  if (error instanceof Failure) return error.code === "internal" || error.code === "invalid";
  return error instanceof TypeError || error instanceof RangeError;
}

/** The reports in parts that go into one transaction each. A long report may need several; it is told with the last. */
function partsOf(reports: readonly Report[]): Report[] {
  const parts: Report[] = [];
  let part = { signals: [] as Signal[], hashes: [] as string[] };
  let characters = 0;
  for (const { signals, hashes } of reports) {
    for (const signal of signals) {
      if (part.signals.length >= mostAtOnce || characters > mostCharacters) {
        parts.push(part);
        part = { signals: [], hashes: [] };
        characters = 0;
      }
      part.signals.push(signal);
      characters += charactersOf(signal);
    }
    part.hashes.push(...hashes);
  }
  if (part.signals.length > 0 || part.hashes.length > 0) parts.push(part);
  return parts;
}

function charactersOf(signal: Signal): number {
  if (signal.type !== "message") return 0;
  const { content } = signal.message;
  return ("text" in content ? content.text.length : 0) + ("caption" in content ? (content.caption?.length ?? 0) : 0);
}
