import { write } from "node:fs";
import type { LogOutput } from "../core/base/log-tail.ts";

/** What waits to be written, characters; beyond it lines are lost. */
const mostWaiting = 8 * 2 ** 20;
const againMs = 50;

/**
 * Lines on a file descriptor, written in the background, in order. It never throws and never blocks, whatever stands
 * behind the descriptor: what cannot be written is counted and left out, and `recovered` hears the count once writing
 * works again.
 */
export class LineOutput implements LogOutput {
  readonly #descriptor: number;
  #waiting: string[] = [];
  #size = 0;
  #writing = false;
  #lost = 0;
  #untold = 0;
  #trouble: string | null = null;
  #idle = Promise.withResolvers<void>();
  recovered: (lost: number) => void = () => {};

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get lost(): number {
    return this.#lost;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  write(line: string): void {
    if (this.#size + line.length > mostWaiting) {
      this.#trouble ??= "nobody reads the log";
      return this.#lose(1);
    }
    this.#waiting.push(line);
    this.#size += line.length;
    if (!this.#writing) this.#next();
  }

  /** Resolves when everything is written or lost, after `ms` at the latest. */
  async flush(ms: number): Promise<void> {
    if (!this.#writing) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, ms);
    await Promise.race([this.#idle.promise, late.promise]);
    clearTimeout(timer);
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.#writing = false;
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
      return;
    }
    this.#writing = true;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    this.#put(Buffer.from(lines.join("")));
  }

  #put(bytes: Buffer): void {
    write(this.#descriptor, bytes, 0, bytes.length, null, (error, count) => {
      if (error) this.#failed(error, bytes);
      else if (count < bytes.length) this.#put(bytes.subarray(count));
      else this.#wrote();
    });
  }

  #failed(error: NodeJS.ErrnoException, bytes: Buffer): void {
    const code = error.code ?? error.name;
    this.#trouble = code;
    // A pipe whose reader is slow: not a loss yet.
    if (code === "EAGAIN" || code === "EWOULDBLOCK" || code === "EINTR") {
      setTimeout(() => this.#put(bytes), againMs);
      return;
    }
    this.#lose(linesIn(bytes));
    this.#next();
  }

  #wrote(): void {
    this.#trouble = null;
    const lost = this.#untold;
    this.#untold = 0;
    if (lost > 0) this.recovered(lost);
    this.#next();
  }

  #lose(lines: number): void {
    this.#lost += lines;
    this.#untold += lines;
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return Math.max(1, lines);
}
