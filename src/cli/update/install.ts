import { createHash, type KeyObject } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import { type Release, type ReleaseFile, releaseIn } from "./release.ts";

export interface UpdateParts {
  /** The folder of the release, without a slash at its end. */
  readonly url: string;
  readonly key: KeyObject;
  /** The program that is replaced. */
  readonly binary: string;
  /** That of `binary`. */
  readonly version: string;
  /** `linux-x64` */
  readonly target: string;
  /** Hears how many bytes of how many are here. */
  readonly progress?: (done: number, of: number) => void;
  /** How long a server may say nothing, milliseconds. */
  readonly patience?: number;
}

const patienceMs = 30_000;

/** The release that is offered, and whether it is newer. Throws `refused`, `unavailable`. */
export async function offered({ url, key, version }: UpdateParts): Promise<{ release: Release; isNewer: boolean }> {
  const text = await (await got(`${url}/release.json`)).text();
  const signature = await (await got(`${url}/release.json.sig`)).text();
  const release = releaseIn(text, signature, key);
  return { release, isNewer: Bun.semver.order(release.version, version) > 0 };
}

/** The file of a release for this machine. Throws `not_found`. */
export function fileFor({ files, version }: Release, target: string): ReleaseFile {
  const found = files.find((file) => file.target === target);
  if (found) return found;
  throw new Failure("not_found", `Release ${version} has nothing for ${target}: nothing was changed.`);
}

/**
 * Brings a file of a release beside the program, checked: its size, its hash, and that it runs and says the release's
 * version. Returns its path. Throws and leaves nothing behind when it is not what it should be.
 */
export async function download(parts: UpdateParts, file: ReleaseFile, version: string): Promise<string> {
  const draft = `${parts.binary}.new`;
  rmSync(draft, { force: true });
  try {
    await write(draft, file, parts);
    await tryOut(draft, version);
    return draft;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The new one in the place of the old one, which stays beside it as `.old`. Whoever runs it runs on. */
export function swap(binary: string): void {
  const old = `${binary}.old`;
  rmSync(old, { force: true });
  // At no moment there is none: the name goes from one to the other in one step.
  linkSync(binary, old);
  renameSync(`${binary}.new`, binary);
  flush(dirname(binary));
}

/** The old one again. Throws `not_found`. */
export function rollBack(binary: string): void {
  const old = `${binary}.old`;
  if (!existsSync(old)) throw new Failure("not_found", `There is no ${old} to go back to.`);
  // Both programs have a name at every moment: ended in the middle, this can be done again.
  for (const [from, to] of [
    [old, `${binary}.new`],
    [binary, `${old}.new`],
  ] as const) {
    rmSync(to, { force: true });
    linkSync(from, to);
  }
  renameSync(`${binary}.new`, binary);
  renameSync(`${old}.new`, old);
  // Two names of one file are left as they are by a rename.
  for (const name of [binary, old]) rmSync(`${name}.new`, { force: true });
  flush(dirname(binary));
}

async function got(url: string, signal = AbortSignal.timeout(patienceMs)): Promise<Response> {
  const response = await fetch(url, { signal, redirect: "follow" }).catch((cause) => {
    throw new Failure("unavailable", `${url} cannot be reached: nothing was changed.`, { cause });
  });
  if (!response.ok) throw new Failure("unavailable", `${url} answered ${response.status}: nothing was changed.`);
  return response;
}

/** The bytes of a file as they come. Each may keep us waiting for as long as `patience`, the whole as long as it takes. */
async function* bytesAt(url: string, patience = patienceMs): AsyncGenerator<Uint8Array> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), patience);
  try {
    for await (const chunk of (await got(url, over.signal)).body ?? []) {
      timer.refresh();
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("unavailable", `${url} broke off: nothing was changed. Try again.`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function write(draft: string, { size, sha256, name }: ReleaseFile, parts: UpdateParts): Promise<void> {
  const hash = createHash("sha256");
  let done = 0;
  let file: number | undefined;
  try {
    file = openSync(draft, "wx", 0o755);
    for await (const chunk of bytesAt(`${parts.url}/${name}`, parts.patience)) {
      done += chunk.length;
      if (done > size) break;
      hash.update(chunk);
      for (let from = 0; from < chunk.length;) from += writeSync(file, chunk, from);
      parts.progress?.(done, size);
    }
    fsyncSync(file);
  } catch (cause) {
    throw cause instanceof Failure ? cause : unwritable(draft, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (done !== size || hash.digest("hex") !== sha256)
    throw new Failure("refused", `${name} is not the file that was signed: nothing was changed.`);
}

function unwritable(draft: string, cause: unknown): Failure {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const hint = /^(EACCES|EPERM|EROFS)$/.test(code)
    ? "run this as a user who may write there, with sudo for one"
    : "free some disk";
  return new Failure("unavailable", `${draft} could not be written (${code}): ${hint}. Nothing was changed.`, {
    cause,
  });
}

/** It must run on this machine. */
async function tryOut(draft: string, version: string): Promise<void> {
  if ((await saidBy(draft)) === `merpati ${version}`) return;
  throw new Failure("refused", `The new program does not run here as ${version}: nothing was changed.`);
}

/** What a program says of its version; empty when it does not run. */
async function saidBy(program: string): Promise<string> {
  try {
    const child = Bun.spawn([program, "version"], { stdio: ["ignore", "pipe", "ignore"] });
    const said = await new Response(child.stdout).text();
    return (await child.exited) === 0 ? said.trim() : "";
  } catch {
    return "";
  }
}

/** The names in a folder reach the disk. */
function flush(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
