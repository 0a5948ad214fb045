import type { Clock } from "../../core/base/clock.ts";

/** Baileys asks for an answer every 30 s, so a live connection is never silent for longer. */
const silentMs = 45_000;
const answerMs = 5_000;

export interface WatchdogHooks {
  /** Asks the server for any answer; rejects or resolves false when there is none. */
  probe(): Promise<boolean>;
  /** Nobody is there. */
  deaf(): void;
}

/**
 * Notices a connection that says "open" and hears nothing. Baileys notices too, but tells only after the peer has
 * answered its closing handshake, which a silent peer never does.
 */
export class ConnectionWatchdog {
  #heardAt: number;
  #cancel = () => {};
  #stopped = false;

  readonly #clock: Clock;
  readonly #hooks: WatchdogHooks;

  constructor(clock: Clock, hooks: WatchdogHooks) {
    this.#clock = clock;
    this.#hooks = hooks;
    this.#heardAt = clock.monotonic();
    this.#watch();
  }

  /** A frame came. */
  heard(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #watch(): void {
    if (this.#stopped) return;
    const left = this.#heardAt + silentMs - this.#clock.monotonic();
    this.#cancel = this.#clock.after(Math.max(left, 1_000), () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#clock.monotonic() - this.#heardAt < silentMs) return this.#watch();
    const late = new Promise<boolean>((give) => (this.#cancel = this.#clock.after(answerMs, () => give(false))));
    const answered = await Promise.race([this.#hooks.probe().catch(() => false), late]);
    this.#cancel();
    if (this.#stopped) return;
    if (answered) return this.#watch();
    this.stop();
    this.#hooks.deaf();
  }
}
