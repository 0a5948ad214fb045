import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What settings are read from. A name in `chosen` wins over `environment`, one there over `file`. */
export interface Sources {
  /** `.env` */
  readonly file: Environment;
  readonly environment: Environment;
  /** What an admin chose by the API. */
  readonly chosen: Environment;
}

/** The file in the data folder with what an admin chose. */
const chosenFile = "settings.json";

/** Bun puts `.env` into the environment of a process by itself; what differs is the environment's own. */
export const ownEnvironment = (environment: Environment, file: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name, value]) => file[name] !== value));

/** What stands in the `.env` of a folder. */
export function envFileIn(folder: string): Environment {
  const path = join(folder, ".env");
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
}

/** Where what an admin chose stands, for a bot of these settings. */
export function chosenFileOf({ environment, file }: Pick<Sources, "environment" | "file">, folder: string): string {
  const dir = (environment["SESSIONS_DIR"] ?? file["SESSIONS_DIR"] ?? "").trim();
  return join(resolve(folder, dir === "" ? "sessions" : dir), chosenFile);
}

/** Reads it; nothing where it is absent or damaged. */
export function chosenIn(path: string): Environment {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof found !== "object" || found === null) return {};
    return Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === "string"));
  } catch {
    return {};
  }
}
