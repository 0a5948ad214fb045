import { breathe } from "../../core/base/breathe.ts";
import type { Hear, Signal } from "../../core/ports/connector.ts";
import { Failure } from "../../core/base/failure.ts";

/** What is written together. */
interface SignalBatch extends PromiseWithResolvers<void> {
  signals: Signal[];
  hashes: string[];
}

/** Signals in one transaction, and characters of theirs above which it takes no other. */
const mostAtOnce = 50;
const mostCharacters = 64 * 1024;

export interface IntakePorts {
  hear: Hear;
  /** Forgets journal entries whose signals are on disk. */
  settle(hashes: readonly string[]): Promise<void>;
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
  #next: SignalBatch | null = null;
  #running: Promise<void> | null = null;
  #broken: unknown = null;

  readonly #ports: IntakePorts;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** Resolves when the signals, and all before them, are on disk; rejects when they cannot be. */
  add(signals: readonly Signal[], hashes: readonly string[] = []): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const batch = (this.#next ??= { signals: [], hashes: [], ...Promise.withResolvers<void>() });
    batch.signals.push(...signals);
    batch.hashes.push(...hashes);
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
      const batch: SignalBatch = this.#next;
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

  async #write({ signals, hashes }: SignalBatch): Promise<void> {
    // What waits is a contact's flood at times: others have their turn between two transactions.
    for (let at = 0; at < signals.length;) {
      if (at > 0) await breathe();
      const count = fitting(signals, at);
      await this.#tell(signals.slice(at, at + count));
      at += count;
    }
    if (hashes.length > 0) await this.#ports.settle(hashes);
  }

  async #tell(signals: readonly Signal[]): Promise<void> {
    try {
      await this.#ports.hear(signals);
    } catch (error) {
      if (!isFault(error)) throw error;
      for (const signal of signals) await this.#tellAlone(signal);
    }
  }

  /** One that cannot be written for what it says must not hold up all others for ever. */
  async #tellAlone(signal: Signal): Promise<void> {
    try {
      await this.#ports.hear([signal]);
    } catch (error) {
      if (!isFault(error)) throw error;
      const other = this.#ports.instead(signal, error);
      if (other) await this.#ports.hear([other]);
    }
  }

  /** With all that waits behind it. */
  #refuse(batch: SignalBatch, error: unknown): void {
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

/** How many of the signals from there on go into one transaction. */
function fitting(signals: readonly Signal[], from: number): number {
  let count = 0;
  for (let characters = 0; count < mostAtOnce && characters <= mostCharacters; count++) {
    const signal = signals[from + count];
    if (signal === undefined) break;
    characters += charactersOf(signal);
  }
  return count;
}

function charactersOf(signal: Signal): number {
  if (signal.type !== "message") return 0;
  const { content } = signal.message;
  return ("text" in content ? content.text.length : 0) + ("caption" in content ? (content.caption?.length ?? 0) : 0);
}
