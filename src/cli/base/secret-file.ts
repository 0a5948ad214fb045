import { readFileSync } from "node:fs";
import { Failure } from "../../core/base/failure.ts";

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

function read(file: string, option: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new Failure("invalid", `${option}: ${file} cannot be read.`, { cause });
  }
}
