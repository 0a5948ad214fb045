import { close, existsSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../core/base/failure.ts";

/** Where files of bodies stand until their call is answered: so that uploads take disk, and not memory. */
export class Spool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    // What a crash left.
    rmSync(folder, { recursive: true, force: true });
  }

  /** An empty file; it is there until `cleanUp`'s work is done, which is handed over before anything is written. */
  open(cleanUp: (remove: () => void) => void): SpooledFile {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, Bun.randomUUIDv7());
    cleanUp(() => unlink(path));
    return new SpooledFile(path);
  }
}

/**
 * Removes the name at once. The system frees the blocks when the last handle is closed, and that, up to a fifth of a second
 * for a large file, happens in another thread.
 */
function unlink(path: string): void {
  if (!existsSync(path)) return;
  const handle = openSync(path, "r");
  rmSync(path);
  close(handle, () => {});
}

/** A file that is being written. */
export class SpooledFile {
  readonly #path: string;
  readonly #writer: Bun.FileSink;

  constructor(path: string) {
    this.#path = path;
    this.#writer = Bun.file(path).writer({ highWaterMark: 2 ** 20 });
  }

  /** Resolves when it is with the system. Throws `unavailable` when the disk is full. */
  async write(piece: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(piece);
      await this.#writer.flush();
    } catch (error) {
      throw isFull(error) ? full(error) : error;
    }
  }

  /** Nothing more is written. */
  async end(): Promise<void> {
    await this.#writer.end();
  }

  /** What was written; of a type, when one is known. */
  blob(type = ""): Blob {
    return Bun.file(this.#path, { type });
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
const full = (cause: unknown) =>
  new Failure("unavailable", "The disk does not take the file; free some space and try again.", { cause });
