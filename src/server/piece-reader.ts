import { Failure } from "../core/base/failure.ts";

/** Reads bytes that come in pieces of any length, from one mark to the next, in time that depends on their number alone. */
export class PieceReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** What came and was not read. */
  #held: Buffer;

  /** `before`: what is read before the first piece. */
  constructor(source: AsyncIterable<Uint8Array>, before: Buffer) {
    this.#source = source[Symbol.asyncIterator]();
    this.#held = before;
  }

  /** What comes before the mark, which is read too. Throws `invalid` when it does not come. */
  async *until(mark: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
    for (let end = this.#held.indexOf(mark); ; end = this.#held.indexOf(mark)) {
      if (end >= 0) {
        const last = this.#taken(end);
        this.#taken(mark.length);
        if (last.length > 0) yield last;
        return;
      }
      // The mark may have begun.
      const sure = this.#held.length - mark.length + 1;
      if (sure > 0) yield this.#taken(sure);
      if (!(await this.#more())) throw new Failure("invalid", "The body is not a whole form.");
    }
  }

  /** Whether these characters come next; they are read when they do. */
  async startsWith(text: string): Promise<boolean> {
    while (this.#held.length < text.length && (await this.#more()));
    const isNext = this.#held.toString("latin1", 0, text.length) === text;
    if (isNext) this.#taken(text.length);
    return isNext;
  }

  /** Reads what is left and forgets it. */
  async rest(): Promise<void> {
    do this.#held = Buffer.alloc(0);
    while (await this.#more());
  }

  /** Nothing more is read. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #taken(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    const piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    return true;
  }
}
