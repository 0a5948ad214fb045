/** Runs work one after the other, in the order in which it comes. One that fails tells who gave it; the next runs all the same. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** Resolves when all that came so far has run. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
