/** From the least to the most serious. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogLine {
  /** Opaque; lines after it are asked for with it. */
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  level: LogLevel;
  /** The constant sentence. */
  message: string;
  fields: Record<string, unknown>;
}

export interface LogFilter {
  /** The least that is wanted. */
  level: LogLevel;
  /** An id or a cursor; everything that is kept when it is of an earlier run. */
  after: string | null;
  /** Only lines about this plugin. */
  plugin?: string | undefined;
}

/** How much is kept: so many lines, and so many characters of them. */
const most = { lines: 2_000, size: 2 ** 20 };

interface Kept {
  line: LogLine;
  number: number;
  size: number;
}

/** How writing the log goes on. */
export interface LogOutput {
  /** How many lines could not be written since the start. */
  readonly lost: number;
  /** Why none can be written now, e.g. `ENOSPC`; null while it works. */
  readonly trouble: string | null;
}

/** The last lines of this run's log, in memory, for whoever administers. What is here is as clean as what was written. */
export class LogTail {
  /** Where the lines are written besides; null when somebody else takes them. */
  output: LogOutput | null = null;
  #kept: Kept[] = [];
  #size = 0;
  #made = 0;
  #bell = Promise.withResolvers<void>();
  /** Tells this run's ids from those of an earlier one. */
  readonly #run = crypto.randomUUID().slice(0, 8);

  /** `size`: its length as it was written. */
  add(line: Omit<LogLine, "id">, size: number): void {
    const number = ++this.#made;
    this.#kept.push({ line: { id: this.#idOf(number), ...line }, number, size });
    this.#size += size;
    let surplus = 0;
    for (; this.#kept.length - surplus > most.lines || this.#size > most.size; surplus++)
      this.#size -= this.#kept[surplus]?.size ?? 0;
    this.#kept.splice(0, surplus);
    this.#bell.resolve();
    this.#bell = Promise.withResolvers();
  }

  /** The last `limit` lines, oldest first. `cursor` continues behind them. */
  latest(filter: LogFilter, limit: number): { lines: LogLine[]; cursor: string } {
    const lines = this.#behind(this.#numberOf(filter.after), filter).map(({ line }) => line);
    return { lines: lines.slice(-limit), cursor: this.#idOf(this.#made) };
  }

  /** Every line behind `after`, then those to come, until `signal` is aborted. Who reads too slowly misses some. */
  async *follow(filter: LogFilter, signal: AbortSignal): AsyncGenerator<LogLine, void> {
    const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    for (let place = this.#numberOf(filter.after); !signal.aborted;) {
      const rung = this.#bell.promise;
      const lines = this.#behind(place, filter);
      place = this.#made;
      for (const { line } of lines) yield line;
      if (place === this.#made) await Promise.race([rung, gone]);
    }
  }

  #behind(place: number, { level, plugin }: Pick<LogFilter, "level" | "plugin">): Kept[] {
    const least = logLevels.indexOf(level);
    return this.#kept.filter(
      ({ line, number }) =>
        number > place &&
        logLevels.indexOf(line.level) >= least &&
        (plugin === undefined || line.fields["plugin"] === plugin),
    );
  }

  #idOf(number: number): string {
    return `${this.#run}-${number}`;
  }

  #numberOf(id: string | null): number {
    const [run, number] = id?.split("-") ?? [];
    return run === this.#run ? Number(number) || 0 : 0;
  }
}
