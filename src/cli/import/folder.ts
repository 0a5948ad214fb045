import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";
import { sourceText } from "./source-file.ts";

/** A folder with more is none of Baileys'. */
const mostFiles = 200_000;

/** The files of a folder that `useMultiFileAuthState` wrote. Throws `invalid`. */
export function folderFiles(path: string): SessionFiles {
  const folder = [path, join(path, "auth")].find((each) => isThere(join(each, "creds.json")));
  if (folder === undefined)
    throw new Failure(
      "invalid",
      `There is no creds.json in ${path}: name the folder that has it and the keys beside it.`,
    );
  return jsonFiles(folder);
}

/** The same without credentials: Evolution has those in its database. */
export function jsonFiles(folder: string): SessionFiles {
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  if (names.length > mostFiles)
    throw new Failure("invalid", `${folder} has ${names.length} files: that is no Baileys folder.`);
  return Object.fromEntries(names.map((name) => [name, sourceText(join(folder, name))]));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new Failure("invalid", `${folder} is no folder that can be read.`, { cause });
  }
}

/** False also for what is looked for below a file, as if that were a folder. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
