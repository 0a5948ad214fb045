import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { Failure } from "../../core/base/failure.ts";
import { inheritOwner } from "../../store/sqlite/inherit-owner.ts";

/**
 * A secret from a file, or from standard input for "-". It never stands on the command line itself, which every user of
 * the machine can read. Throws `invalid` and names `option`.
 */
export function secretFrom(file: string, option: string): string {
  const secret = read(file, option).trim();
  if (secret === "" || /\s/.test(secret))
    throw new Failure("invalid", `${option}: ${file} should hold one word, the secret itself.`);
  return secret;
}

/** Makes a file with a secret, for its owner only, and on the disk when it returns: what is sealed next opens with it alone. */
export function writeSecret(file: string, secret: string): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, `${secret}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  inheritOwner(file);
}

function read(file: string, option: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new Failure("invalid", `${option}: ${file} cannot be read.`, { cause });
  }
}
