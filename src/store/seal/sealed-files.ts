import { createReadStream } from "node:fs";
import { Failure } from "../../core/base/failure.ts";
import { type FileForm, openedFile, sealedFile } from "./file-stream.ts";
import type { FileSeal } from "./sealing.ts";

const form: FileForm = {
  magic: "MPM1",
  purpose: "merpati media",
  broken: (cause) =>
    new Failure("unavailable", "A sealed file was changed, or is not of this store. Put back a backup.", { cause }),
};

type Bytes = AsyncIterable<Uint8Array>;

/** A file's name on disk: its hash, and under a seal the key's name, so that no other key is tried. */
export const storedName = (sha256: string, seal: Pick<FileSeal, "id"> | null): string =>
  seal === null ? sha256 : `${sha256}.${seal.id}`;

export const sealedBytes = (plain: Bytes, { key }: FileSeal): Bytes => sealedFile(plain, key, form);

/** Throws `unavailable` for what was changed. */
export const openedBytes = (path: string, { key }: FileSeal): Bytes =>
  openedFile(createReadStream(path, { highWaterMark: 1 << 20 }) as Bytes, key, form);

/** A sealed file, opened in memory. */
export async function openedBlob(path: string, seal: FileSeal): Promise<Blob> {
  const parts: Uint8Array[] = [];
  for await (const part of openedBytes(path, seal)) parts.push(part);
  return new Blob(parts as Uint8Array<ArrayBuffer>[]);
}
