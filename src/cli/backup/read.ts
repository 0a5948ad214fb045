import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Failure } from "../../core/base/failure.ts";
import { Progress } from "../base/progress.ts";
import type { BackupFile, BackupManifest } from "./manifest.ts";
import { unsealed } from "./seal.ts";
import type { BackupTarget } from "./target.ts";

/** A backup and what opens it. */
export interface OpenBackup {
  readonly target: BackupTarget;
  readonly manifest: BackupManifest;
  readonly key: Buffer | null;
}

/** Throws `invalid` when it is sealed and there is no key. */
export function needKey({ manifest, key }: OpenBackup): void {
  if (manifest.isSealed && key === null)
    throw new Failure("invalid", "This backup is sealed: set BACKUP_KEY_FILE to the file with its key.");
}

/**
 * Reads every file of a backup, and writes those below `dir` that `isKept` names. Throws `refused` at the first that is not
 * what the manifest says, `unavailable` when the place or the disk refuses.
 */
export async function readBackup(
  backup: OpenBackup,
  dir: string,
  isKept: (name: string) => boolean = () => true,
): Promise<void> {
  needKey(backup);
  const { files } = backup.manifest;
  const progress = new Progress(`Reading ${backup.manifest.id}`);
  for (const [place, file] of files.entries()) {
    await readFile(backup, file, isKept(file.name) ? join(dir, file.name) : null);
    progress.show(place + 1, files.length);
  }
  progress.end();
}

async function readFile({ target, manifest, key }: OpenBackup, file: BackupFile, to: string | null): Promise<void> {
  const check = new Checked(target.get(file.stored), file);
  const plain = manifest.isSealed && key !== null ? unsealed(check, key) : check;
  const out = to === null ? nowhere() : fileAt(to);
  const source = Readable.from(plain);
  try {
    if (file.stored.endsWith(".gz")) await pipeline(source, createGunzip(), out);
    else await pipeline(source, out);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    // What was changed shows as bad gzip or a bad seal first.
    throw unwritable(file, cause) ?? changed(file, cause);
  }
  check.confirm();
}

function fileAt(path: string): Writable {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return createWriteStream(path, { mode: 0o600, flush: true });
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** `ENOSPC`, `EDQUOT`, `EIO`, …: the disk's own; null for what is no fault of the disk. */
function unwritable({ name }: BackupFile, cause: unknown): Failure | null {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (!/^E[A-Z0-9]+$/.test(code)) return null;
  return new Failure("unavailable", `${name} could not be written or read (${code}): is there room on the disk?`, {
    cause,
  });
}

/** The bytes of a stored file, counted and hashed on their way. */
class Checked implements AsyncIterable<Uint8Array> {
  readonly #hash = new Bun.CryptoHasher("sha256");
  #size = 0;
  readonly #bytes: AsyncIterable<Uint8Array>;
  readonly #file: BackupFile;

  constructor(bytes: AsyncIterable<Uint8Array>, file: BackupFile) {
    this.#bytes = bytes;
    this.#file = file;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#bytes) {
      this.#hash.update(chunk);
      this.#size += chunk.length;
      yield chunk;
    }
  }

  /** Once all was read. Throws `refused`. */
  confirm(): void {
    if (this.#size !== this.#file.size || this.#hash.digest("hex") !== this.#file.sha256) throw changed(this.#file);
  }
}

const changed = ({ name }: BackupFile, cause?: unknown): Failure =>
  new Failure("refused", `${name} is not what was backed up: use another backup (merpati backup list).`, { cause });
