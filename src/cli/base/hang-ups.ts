import { closeSync, openSync } from "node:fs";

/**
 * SIGHUP has two meanings: a terminal that closes ends what runs in it, and an operator asks a service to read its settings
 * again. Who began in a terminal asks whether that is still there.
 */
export class HangUps {
  /** Resolves when the terminal that the process began in has closed. */
  readonly terminalGone: Promise<NodeJS.Signals>;
  readonly #hasTerminal = process.stdin.isTTY || process.stdout.isTTY;
  #reload: (() => Promise<void>) | null = null;
  #isAsked = false;

  constructor() {
    const gone = Promise.withResolvers<NodeJS.Signals>();
    this.terminalGone = gone.promise;
    process.on("SIGHUP", () => {
      if (this.#hasTerminal && !terminalIsThere()) return gone.resolve("SIGHUP");
      this.#isAsked = true;
      this.#serve();
    });
  }

  /** What is asked for from now on, and was before. */
  reloadWith(reload: () => Promise<void>): void {
    this.#reload = reload;
    this.#serve();
  }

  #serve(): void {
    if (!this.#isAsked || this.#reload === null) return;
    this.#isAsked = false;
    // The log says what went wrong.
    this.#reload().catch(() => {});
  }
}

/** A process whose terminal has closed has none any more: tty(4). */
function terminalIsThere(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
