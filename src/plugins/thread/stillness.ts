import { readFileSync } from "node:fs";

/** Milliseconds of processor a thread has used, and whether it wants more now; null where nobody tells. */
export type CpuUsage = (thread: number) => { used: number; wants: boolean } | null;

/** A tick of the kernel's accounts, milliseconds. */
const tick = 10;

/**
 * How long a worker's event loop has stood still by its own doing. Time in which the host was late itself counts
 * less, and a thread that only waits for a processor (Linux tells) is not to blame before it had its share.
 */
export class Stillness {
  #turns = 0;
  #still = 0;
  #processor: number | null = null;

  constructor(
    /** Milliseconds from one look to the next, when all is well. */
    readonly every: number,
    /** Milliseconds of stillness that are too many. */
    readonly limit: number,
    readonly account: CpuUsage = kernelAccount,
  ) {}

  /** Whether the loop had no turn between the last two looks. */
  get standing(): boolean {
    return this.#still > 0;
  }

  /** Milliseconds stood still; 0 until it is too long. `elapsed`: since the look before. `thread`: 0 is unknown. */
  look(turns: number, elapsed: number, thread: number): number {
    if (turns !== this.#turns || turns === 0) {
      this.#turns = turns;
      this.#still = 0;
      this.#processor = null;
      return 0;
    }
    if (this.#still === 0) this.#processor = this.account(thread)?.used ?? null;
    this.#still += fairly(this.every, elapsed);
    if (this.#still < this.limit) return 0;
    return this.#starves(thread) && this.#still < this.limit * 3 ? 0 : this.#still;
  }

  /** True of a thread that wants to run and got less than a quarter of the time it is blamed for. */
  #starves(thread: number): boolean {
    const account = this.account(thread);
    if (!account?.wants || this.#processor === null) return false;
    return account.used - this.#processor < this.limit / 4;
  }
}

/** A look that came late counts the less the later it is: the host did not get to run either. */
export function fairly(every: number, elapsed: number): number {
  return elapsed <= every * 1.5 ? every : Math.round(every * (every / elapsed));
}

function kernelAccount(thread: number): ReturnType<CpuUsage> {
  if (thread === 0) return null;
  try {
    const text = readFileSync(`/proc/self/task/${thread}/stat`, "latin1");
    // After the name, which may hold spaces: the state is the first, user and system time are 11 further on.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { used: (Number(fields[11]) + Number(fields[12])) * tick, wants: fields[0] === "R" };
  } catch {
    return null;
  }
}
