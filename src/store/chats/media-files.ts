import { close, existsSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { paced } from "../../core/base/breathe.ts";
import { Failure } from "../../core/base/failure.ts";
import { fileTooLarge } from "../../core/base/file-too-large.ts";
import type { StoredFile } from "../../core/ports/media.ts";
import { openedBlob, sealedBytes, storedName } from "../seal/sealed-files.ts";
import type { FileSeal } from "../seal/sealing.ts";

const unfinished = "unfinished-";

/** The bytes of files, each under its hash, so that the same picture sent a thousand times is one file. */
export class MediaFiles {
  readonly #folder: string;
  readonly #seal: FileSeal | null;

  constructor(folder: string, seal: FileSeal | null) {
    this.#folder = folder;
    this.#seal = seal;
    if (!existsSync(folder)) return;
    // What a crash left half-written.
    for (const name of readdirSync(folder)) if (name.startsWith(unfinished)) rmSync(join(folder, name));
  }

  async keep(bytes: AsyncIterable<Uint8Array>, limit: number): Promise<StoredFile> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `${unfinished}${Bun.randomUUIDv7()}`);
    try {
      const kept = await written(draft, bytes, limit, this.#seal);
      const place = this.#place(kept.sha256);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      // In another thread: over a file of that name, ext4 writes all of it to the disk first.
      await rename(draft, place);
      return kept;
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw asFailure(error);
    }
  }

  async bytes(sha256: string): Promise<Blob | null> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
    const place = this.#place(sha256);
    const file = Bun.file(place);
    if (!(await file.exists())) return null;
    return this.#seal === null ? file : openedBlob(place, this.#seal);
  }

  /** Removes the name at once. The blocks of a large file take long to free: closing the last handle does it in another thread. */
  remove(sha256: string): void {
    const place = this.#place(sha256);
    if (!/^[0-9a-f]{64}$/.test(sha256) || !existsSync(place)) return;
    const handle = openSync(place, "r");
    rmSync(place);
    close(handle, () => {});
  }

  #place(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), storedName(sha256, this.#seal));
  }
}

async function written(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  limit: number,
  seal: FileSeal | null,
): Promise<StoredFile> {
  const hash = new Bun.CryptoHasher("sha256");
  let size = 0;
  async function* counted() {
    for await (const chunk of paced(bytes)) {
      size += chunk.length;
      if (size > limit) throw fileTooLarge(limit);
      hash.update(chunk);
      yield chunk;
    }
  }
  await toFile(path, seal === null ? counted() : sealedBytes(counted(), seal));
  return { sha256: hash.digest("hex"), size };
}

async function toFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const writer = Bun.file(path).writer({ highWaterMark: 1 << 20 });
  try {
    for await (const chunk of bytes) {
      await writer.write(chunk);
      await writer.flush();
    }
  } finally {
    await writer.end();
  }
}

function asFailure(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "EIO" && code !== "EROFS") return error;
  return new Failure("unavailable", "The disk does not take the file; free some space and try again.", {
    cause: error,
  });
}
