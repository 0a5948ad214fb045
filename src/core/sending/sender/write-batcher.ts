import type { Batch } from "../../ports/ledger.ts";

/** What can be written together with others of its kind. */
export type MessageWrite = Pick<Batch, "events" | "messages" | "history">;

interface PendingWrite extends PromiseWithResolvers<void> {
  write: MessageWrite;
}

/** Writes that come while others wait for their turn are written with them: one transaction, one wait for the disk. */
export class WriteBatcher {
  #waiting: PendingWrite[] = [];

  readonly #ports: {
    turn<T>(work: () => Promise<T>): Promise<T>;
    write(batch: Batch): Promise<void>;
  };

  constructor(ports: { turn<T>(work: () => Promise<T>): Promise<T>; write(batch: Batch): Promise<void> }) {
    this.#ports = ports;
  }

  /** Resolves when it is on disk. */
  add(write: MessageWrite): Promise<void> {
    const pending = { write, ...Promise.withResolvers<void>() };
    this.#waiting.push(pending);
    if (this.#waiting.length === 1)
      this.#ports
        .turn(() => this.#write(this.#waiting.splice(0)))
        .catch((error: unknown) => {
          for (const { reject } of this.#waiting.splice(0)) reject(error);
        });
    return pending.promise;
  }

  async #write(all: readonly PendingWrite[]): Promise<void> {
    try {
      await this.#ports.write(joined(all.map(({ write }) => write)));
      for (const { resolve } of all) resolve();
    } catch (error) {
      if (all.length === 1) return all[0]?.reject(error);
      for (const one of all) await this.#write([one]); // none fails because of another
    }
  }
}

function joined(writes: readonly MessageWrite[]): MessageWrite {
  return {
    events: writes.flatMap(({ events }) => events),
    messages: writes.flatMap(({ messages = [] }) => messages),
    history: writes.flatMap(({ history = [] }) => history),
  };
}
