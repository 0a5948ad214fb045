import type { Batch } from "../../ports/ledger.ts";

/** What can be written together with others of its kind. */
export type Note = Pick<Batch, "events" | "messages" | "history">;

interface Asked extends PromiseWithResolvers<void> {
  note: Note;
}

/** Notes that come while others wait for their turn are written with them: one transaction, one wait for the disk. */
export class Gathering {
  private waiting: Asked[] = [];

  constructor(
    private readonly ports: {
      turn<T>(work: () => Promise<T>): Promise<T>;
      write(batch: Batch): Promise<void>;
    },
  ) {}

  /** Resolves when it is on disk. */
  add(note: Note): Promise<void> {
    const asked = { note, ...Promise.withResolvers<void>() };
    this.waiting.push(asked);
    if (this.waiting.length === 1)
      this.ports
        .turn(() => this.write(this.waiting.splice(0)))
        .catch((error: unknown) => {
          for (const { reject } of this.waiting.splice(0)) reject(error);
        });
    return asked.promise;
  }

  private async write(all: readonly Asked[]): Promise<void> {
    try {
      await this.ports.write(joined(all.map(({ note }) => note)));
      for (const { resolve } of all) resolve();
    } catch (error) {
      if (all.length === 1) return all[0]?.reject(error);
      for (const one of all) await this.write([one]); // none fails because of another
    }
  }
}

function joined(notes: readonly Note[]): Note {
  return {
    events: notes.flatMap(({ events }) => events),
    messages: notes.flatMap(({ messages = [] }) => messages),
    history: notes.flatMap(({ history = [] }) => history),
  };
}
