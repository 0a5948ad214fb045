import type { BroughtFile } from "../api/brought.ts";
import { Failure } from "../core/base/failure.ts";
import { Base64Reader } from "../core/media/base64-reader.ts";
import { dataPrefix, longestPrefix } from "../core/media/file-source.ts";
import { EscapeReader } from "./escape-reader.ts";
import type { SpooledFile } from "./spool.ts";

/** A text under this is parsed with the rest, characters. */
export const long = 64 * 1024;

/** A text of base64 in JSON, which stays in memory until it is long, and then goes to the disk as it comes. */
export class LongText {
  readonly #open: () => SpooledFile;
  readonly #held: Uint8Array[] = [];
  #size = 0;
  #file: SpooledFile | null = null;
  readonly #escapes = new EscapeReader();
  readonly #reader = new Base64Reader();
  #header: string | undefined;
  #isBegun = false;
  #failure: Failure | null = null;

  constructor(open: () => SpooledFile) {
    this.#open = open;
  }

  /** What was read of a text that is short so far, as it came. */
  get held(): Uint8Array {
    return Buffer.concat(this.#held);
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.length;
    if (this.#file !== null) return this.#write(this.#file, bytes);
    this.#held.push(bytes);
    if (this.#size < long) return;
    this.#file = this.#open();
    await this.#write(this.#file, Buffer.concat(this.#held.splice(0)));
  }

  /** The whole file; null when it is so short that it stays where it stood. */
  async end(): Promise<BroughtFile | null> {
    const file = this.#file;
    if (file === null) return null;
    this.#escapes.end();
    const last = this.#decoded(() => this.#reader.end());
    if (last) await file.write(last);
    await this.close();
    if (this.#failure) return { failure: this.#failure };
    const bytes = file.blob().stream();
    return { upload: { bytes, ...(this.#header ? { header: this.#header } : {}) } };
  }

  async close(): Promise<void> {
    await this.#file?.end();
  }

  async #write(file: SpooledFile, bytes: Uint8Array): Promise<void> {
    let text = this.#escapes.take(bytes);
    if (!this.#isBegun) {
      this.#isBegun = true;
      const prefix = dataPrefix.exec(Buffer.from(text.subarray(0, longestPrefix)).toString("latin1"));
      this.#header = prefix?.[1];
      text = text.subarray(prefix?.[0].length ?? 0);
    }
    const decoded = this.#decoded(() => this.#reader.take(text));
    if (decoded) await file.write(decoded);
  }

  /** What is no base64 is refused where its field is known. The rest of it is read and forgotten. */
  #decoded(read: () => Uint8Array): Uint8Array | null {
    if (this.#failure) return null;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#failure = error;
      return null;
    }
  }
}
