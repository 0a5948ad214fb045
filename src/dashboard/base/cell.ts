import { useLayoutEffect, useReducer } from "preact/hooks";

/** One value that several components show. */
export class Cell<T> {
  readonly #listeners = new Set<() => void>();

  #current: T;

  constructor(current: T) {
    this.#current = current;
  }

  get value(): T {
    return this.#current;
  }

  set(value: T): void {
    if (Object.is(value, this.#current)) return;
    this.#current = value;
    for (const hear of this.#listeners) hear();
  }

  listen(hear: () => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }
}

/** The cell's value; the component is drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const { value } = cell;
  useLayoutEffect(() => {
    const stop = cell.listen(() => draw(undefined));
    // It may have changed between drawing and listening.
    if (!Object.is(value, cell.value)) draw(undefined);
    return stop;
  }, [cell]);
  return value;
}
