/** One piece of work at a time for each name; one that needs several names waits for all of them, and blocks nobody else. */
export class Locks {
  /** The end of the queue of each name. */
  readonly #ends = new Map<string, Promise<void>>();

  /** Whether somebody holds that name, or waits for it. */
  isTaken(name: string): boolean {
    return this.#ends.has(name);
  }

  async hold<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = names.flatMap((name) => this.#ends.get(name) ?? []);
    const { promise: end, resolve: done } = Promise.withResolvers<void>();
    // Every name at once, so that two can never wait for each other.
    for (const name of names) this.#ends.set(name, end);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      done();
      for (const name of names) if (this.#ends.get(name) === end) this.#ends.delete(name);
    }
  }
}
