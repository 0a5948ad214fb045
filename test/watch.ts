/** Waits for something to become true by being told of every change; never looks on a timer. */
export class Watch {
  readonly #looks = new Set<() => void>();

  changed(): void {
    for (const look of this.#looks) look();
  }

  /** The first value of `look` that is not undefined; rejects after `ms` with what was missed. */
  until<T>(look: () => T | undefined, what: string, ms = 15_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#looks.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#looks.delete(check);
        reject(new Error(`waited ${ms} ms for ${what}`));
      }, ms);
      this.#looks.add(check);
      check();
    });
  }
}
