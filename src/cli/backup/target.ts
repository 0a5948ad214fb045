import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import { inheritOwner } from "../../store/sqlite/inherit-owner.ts";
import { bucketAt } from "./bucket.ts";

/** Where backups lie. Names are paths with `/`. */
export interface BackupTarget {
  /** For sentences. */
  readonly place: string;
  /** The whole of `bytes`, or nothing: a name that is there was written to its end. */
  put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Throws `not_found`. */
  get(name: string): AsyncIterable<Uint8Array>;
  /** Names below a prefix, in no order. One that ends with `.part` was not written to its end. */
  list(prefix: string): Promise<string[]>;
  remove(name: string): Promise<void>;
  /** All that is below a prefix, what was not written to its end too. */
  clear(prefix: string): Promise<void>;
}

/** A folder, or `s3://bucket/prefix`, whose keys are those of the environment (S3_ACCESS_KEY_ID or AWS_ACCESS_KEY_ID, …). */
export const targetAt = (place: string): BackupTarget =>
  place.startsWith("s3://") ? bucketAt(place) : folderAt(resolve(place));

function folderAt(folder: string): BackupTarget {
  const at = (name: string) => join(folder, name);
  return {
    place: folder,
    async put(name, bytes) {
      const draft = `${at(name)}.part`;
      try {
        makeFolder(dirname(draft));
        const file = Bun.file(draft).writer({ highWaterMark: 1 << 20 });
        for await (const chunk of bytes) {
          await file.write(chunk);
          await file.flush();
        }
        await file.end();
        flush(draft);
        inheritOwner(draft);
        renameSync(draft, at(name));
        flush(dirname(draft));
      } catch (cause) {
        throw unwritable(folder, cause);
      }
    },
    async *get(name) {
      if (!existsSync(at(name))) throw new Failure("not_found", `${at(name)} is missing.`);
      yield* createReadStream(at(name)) as AsyncIterable<Uint8Array>;
    },
    async list(prefix) {
      if (!existsSync(at(prefix))) return [];
      const found = readdirSync(at(prefix), { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .replaceAll("\\", "/"),
        );
    },
    async remove(name) {
      rmSync(at(name), { force: true });
      const parent = dirname(at(name));
      if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
    },
    clear: async (prefix) => rmSync(at(prefix), { recursive: true, force: true }),
  };
}

/** `EACCES`, `ENOSPC`, `EROFS`, …; what is none of the disk's stays what it is. */
function unwritable(folder: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!/^E[A-Z0-9]+$/.test(code)) return cause;
  const sentence = `${folder} cannot be written (${code}): is it there, is there room, may this user write to it?`;
  return new Failure("unavailable", sentence, { cause });
}

/** Each new folder on the way belongs to whom the one above belongs to. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { recursive: true, mode: 0o700 });
  inheritOwner(path);
}

/** On the disk, not only in memory of the machine. */
function flush(path: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(path, "r");
  fsyncSync(handle);
  closeSync(handle);
}
