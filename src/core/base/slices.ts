import { breathe } from "./breathe.ts";
import { Locks } from "./locks.ts";

/** How long one piece of long work may hold the event loop, milliseconds. */
const sliceMs = 2;

/**
 * Long work on the event loop, shared fairly. Of each owner one piece of work runs at a time, and in each turn of the
 * loop one slice of all of it: whoever asks for much waits behind himself, and others wait for one slice of his.
 */
export class Slices {
  readonly #owners = new Locks();
  readonly #loop = new Locks();
  /** Milliseconds since the loop was last let go. */
  #worked = 0;

  /** Runs `step` until it says that it is `done`. */
  run(owner: string, step: () => "more" | "done"): Promise<void> {
    return this.#owners.hold([owner], async () => {
      while ((await this.#loop.hold(["loop"], () => this.#slice(step))) === "more");
    });
  }

  async #slice(step: () => "more" | "done"): Promise<"more" | "done"> {
    let state: "more" | "done" = "more";
    while (state === "more" && this.#worked < sliceMs) {
      const started = performance.now();
      state = step();
      this.#worked += performance.now() - started;
    }
    if (this.#worked >= sliceMs) {
      this.#worked = 0;
      await breathe();
    }
    return state;
  }
}
