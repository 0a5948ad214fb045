import type { Hear, Signal } from "../core/connector.ts";

/**
 * What a connection has to report, in order and in batches: signals that arrive while a batch is being written
 * go into the next one, so one transaction serves many messages under load and none waits when it is quiet.
 *
 * When a batch cannot be written, nothing after it is reported either: the journal still has it.
 */
export class Intake {
  private waiting: Signal[] = [];
  private hashes: string[] = [];
  private running: Promise<void> | null = null;
  private broken: unknown = null;

  /** `settle` forgets journal entries whose signals are on disk; `fail` is called once, with why `hear` refused. */
  constructor(
    private readonly hear: Hear,
    private readonly settle: (hashes: string[]) => Promise<void>,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Resolves when the signals, and all before them, are on disk; rejects when they cannot be. */
  add(signals: readonly Signal[], hashes: readonly string[] = []): Promise<void> {
    if (this.broken !== null) return Promise.reject(this.broken);
    this.waiting.push(...signals);
    this.hashes.push(...hashes);
    this.running ??= this.run();
    return this.running;
  }

  /** Resolves when all that was added is on disk or has failed. */
  async drained(): Promise<void> {
    await this.running?.catch(() => {});
  }

  private async run(): Promise<void> {
    try {
      while (this.waiting.length + this.hashes.length > 0) {
        // One turn of the event loop, so that everything of the same burst shares the transaction.
        await new Promise(setImmediate);
        const [signals, hashes] = [this.waiting, this.hashes];
        this.waiting = [];
        this.hashes = [];
        if (signals.length > 0) await this.hear(signals);
        if (hashes.length > 0) await this.settle(hashes);
      }
    } catch (error) {
      this.broken = error;
      this.fail(error);
      throw error;
    } finally {
      this.running = null;
    }
  }
}
