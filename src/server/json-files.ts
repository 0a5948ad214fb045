import type { BroughtFile } from "../api/brought.ts";
import { paced } from "../core/base/breathe.ts";
import { Failure } from "../core/base/failure.ts";
import { long, LongText } from "./long-text.ts";
import type { JsonBudget, Stretch } from "./json-budget.ts";
import type { Spool } from "./spool.ts";

/** All of the body of one message but its long files, bytes: room for the pictures that stand for films. */
export const besideFiles = 2 * 2 ** 20;

/** How far the name of a field stands before its value, bytes: white space between them is no more. */
const lookBack = 64;
const fileField = /(?<!\\)"base64"\s*:\s*"$/;

interface JsonFilesOptions {
  budget: JsonBudget;
  /** Bytes that may stand beside the files. */
  most: number;
  spool: Spool;
  /** Hears what takes a file away again, before it is written. */
  later: (remove: () => void) => void;
}

/**
 * The base64 in a JSON body, on its way to the disk as it comes: what is parsed, checked and hashed is only the rest.
 * `without` throws `invalid` and `too_large`, and `unavailable` when the disk is full.
 */
export class JsonFiles {
  /** What stands where a file stood, to the file. */
  readonly files = new Map<string, BroughtFile>();

  readonly #budget: JsonBudget;
  readonly #most: number;
  readonly #spool: Spool;
  readonly #cleanUp: (remove: () => void) => void;
  /** The end of what came before. */
  #tail = "";
  /** A text that is not whole yet: a file, or something else. */
  #text: LongText | "other" | null = null;
  readonly #rest: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  constructor({ budget, most, spool, later }: JsonFilesOptions) {
    this.#budget = budget;
    this.#most = most;
    this.#spool = spool;
    this.#cleanUp = later;
  }

  /** The body without its long files, each of which has a word in its place. */
  async without(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>[]> {
    try {
      for await (const part of paced(parts)) await this.#take(part);
      // What has no end is no JSON, and is parsed as far as it came.
      if (this.#text instanceof LongText) this.#keep(this.#text.held);
    } finally {
      if (this.#text instanceof LongText) await this.#text.close();
    }
    return this.#rest;
  }

  async #take(part: Uint8Array): Promise<void> {
    const stretches: Stretch[] = [];
    this.#budget.take(part, (stretch) => {
      if (stretch.from === 0 || !stretch.ends || stretch.to - stretch.from >= long) stretches.push(stretch);
    });
    let kept = 0;
    for (const { from, to, ends } of stretches) {
      if (this.#text === null) {
        if (ends && to - from < long) continue;
        if (this.#isFile(part, from)) {
          this.#keep(part.subarray(kept, from));
          this.#text = new LongText(() => this.#spool.open(this.#cleanUp));
        } else this.#text = "other";
      }
      if (this.#text instanceof LongText) {
        await this.#text.take(part.subarray(from, to));
        if (ends) await this.#end(this.#text);
        kept = to;
      }
      if (ends) this.#text = null;
    }
    this.#keep(part.subarray(kept));
    this.#tail = (this.#tail + shown(part.subarray(-lookBack))).slice(-lookBack);
  }

  async #end(text: LongText): Promise<void> {
    const file = await text.end();
    if (file === null) return this.#keep(text.held);
    const word = `file:${Bun.randomUUIDv7()}`;
    this.files.set(word, file);
    this.#keep(new TextEncoder().encode(word));
  }

  /** Whether the text that begins there is the value of a field for files. */
  #isFile(part: Uint8Array, from: number): boolean {
    return fileField.test((this.#tail + shown(part.subarray(Math.max(0, from - lookBack), from))).slice(-lookBack));
  }

  /** A copy, so that nothing else of a part is held. */
  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    if (this.#size > this.#most) throw tooMuch(this.#most);
    this.#rest.push(Uint8Array.from(bytes));
  }
}

const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const tooMuch = (most: number): Failure =>
  new Failure(
    "too_large",
    `The body has more than ${most / 2 ** 20} MB beside its files: a file stands in "base64", or comes in a form.`,
  );
