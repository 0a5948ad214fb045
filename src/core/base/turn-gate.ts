import { breathe } from "./breathe.ts";
import { Turns } from "./turns.ts";

/** Lets so many through in a turn of the event loop, in order: what comes by the thousand is spread over many turns. */
export class TurnGate {
  readonly #turns = new Turns();
  readonly #most: number;
  #left: number;

  constructor(most: number) {
    this.#most = most;
    this.#left = most;
  }

  pass(): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#left === 0) {
        await breathe();
        this.#left = this.#most;
      }
      this.#left -= 1;
    });
  }
}
