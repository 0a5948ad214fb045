import { type DisconnectHistory, pauseAfter } from "../policy/closing.ts";

const replacedWindowMs = 10 * 60_000;
const codeRenewals = 3;

/** What a device went through since somebody last started it: what the meaning of the next close depends on. */
export class Attempts {
  #attempt = 0;
  #rounds = 0;
  #replacedAt: number[] = [];
  /** Its keys came from another server, and no connection has held since. */
  #isMoved = false;

  readonly #maxRounds: number | null;

  /** `maxRounds`: rounds of QRs before the device rests, null is without end. */
  constructor(maxRounds: number | null) {
    this.#maxRounds = maxRounds;
  }

  /** Somebody asked for a new start. */
  reset(): void {
    this.#attempt = 0;
    this.#rounds = 0;
  }

  opened(): void {
    this.#rounds = 0;
  }

  movedIn(): void {
    this.#isMoved = true;
  }

  stable(): void {
    this.#attempt = 0;
    this.#isMoved = false;
  }

  /** Shows QRs until somebody scans. */
  get isEndless(): boolean {
    return this.#maxRounds === null;
  }

  /** Milliseconds to wait before the next round, after one in which WhatsApp wanted nothing of us. */
  pauseOfRound(): number {
    return pauseAfter(this.#rounds++);
  }

  /** Call once for each closed connection. `byCode`: it was to be linked by pairing code. */
  history(code: number | null, expired: boolean, byCode: boolean, now: number): DisconnectHistory {
    if (code === 440) this.#replacedAt = [...this.#replacedAt.filter((at) => now - at < replacedWindowMs), now];
    const history: DisconnectHistory = {
      attempt: this.#attempt,
      rounds: this.#rounds,
      // Each code rings on the phone, so it is not renewed for ever.
      maxRounds: byCode ? codeRenewals + 1 : this.#maxRounds,
      replaced: this.#replacedAt.length,
      movedIn: this.#isMoved,
      dice: Math.random(),
    };
    this.#attempt += 1;
    if (expired) this.#rounds += 1;
    return history;
  }
}
