import { asFailure, Failure, type FailureCode, type RowRefusal } from "../../base/failure.ts";

/** Rows that one answer names. */
export const mostRowRefusals = 50;

/** What cannot be helped by changing the row. */
const ours: readonly FailureCode[] = ["internal", "not_linked", "over_budget", "unavailable", "timeout"];

/** What is wrong with the rows of a bulk, gathered, so that one answer names all of it. */
export class RowRefusals {
  readonly #most: number;

  constructor(most = mostRowRefusals) {
    this.#most = most;
  }

  /** In the order of the rows. */
  get rows(): RowRefusal[] {
    return this.#sorted().map(({ field = "", message, code }) => ({ field, error: message, code }));
  }

  readonly #found: { place: number; failure: Failure }[] = [];

  /** `place` is the row's. Throws what is no fault of the row, and everything gathered when no more is told. */
  add(place: number, thrown: unknown): void {
    const failure = asFailure(thrown);
    if (ours.includes(failure.code)) throw thrown;
    this.#found.push({ place, failure });
    if (this.#found.length >= this.#most) this.settle();
  }

  /** Throws what was gathered. */
  settle(): void {
    const [first, ...others] = this.#sorted();
    if (first === undefined) return;
    if (others.length === 0) throw first;
    const { rows } = this;
    const count = rows.length < mostRowRefusals ? `${others.length}` : `At least ${others.length}`;
    const more = `${count} more ${others.length === 1 ? "is" : "are"} refused: "rows" names them.`;
    throw new Failure(first.code, `${first.message} ${more}`, {
      rows,
      cause: first.cause,
      ...(first.field === undefined ? {} : { field: first.field }),
    });
  }

  #sorted(): Failure[] {
    return this.#found.toSorted((a, b) => a.place - b.place).map(({ failure }) => failure);
  }
}
