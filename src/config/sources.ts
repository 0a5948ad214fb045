import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What settings are read from. A name in `chosen` wins over `environment`, one there over `secrets`, one there over `file`. */
export interface Sources {
  /** `.env` */
  readonly file: Environment;
  readonly environment: Environment;
  /** What stands in files that the two name, like that of SMTP_URL_FILE. */
  readonly secrets?: Environment;
  /** What an admin chose by the API. */
  readonly chosen: Environment;
}

/** The file in the data folder with what an admin chose. */
const chosenFile = "settings.json";

/** The `.env` of a folder, and what is the environment's own. */
export function environmentsIn(folder: string, environment: Environment): Pick<Sources, "file" | "environment"> {
  const path = join(folder, ".env");
  const lines = existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
  const file = Object.fromEntries(
    Object.entries(lines).map(([name, text]) => [name, withNames(text ?? "", (other) => environment[other])]),
  );
  // Bun puts `.env` into the environment of a process by itself. What differs is the environment's own.
  const isBuns = (name: string, value: string | undefined) => {
    const text = lines[name];
    if (text === undefined) return false;
    return [text, file[name], withNames(text, (other) => environment[other] ?? "")].includes(value);
  };
  const own = Object.entries(environment).filter(([name, value]) => !isBuns(name, value));
  return { file, environment: Object.fromEntries(own) };
}

/**
 * `$NAME` and `${NAME}` become what NAME is, and `\$` a dollar. A name that is nothing stays as it is written: passwords have
 * dollars too.
 */
const withNames = (text: string, valueOf: (name: string) => string | undefined): string =>
  text.replaceAll(/\\\$|\$(\w+)|\$\{(\w+)\}/g, (whole, bare?: string, braced?: string) =>
    whole === "\\$" ? "$" : (valueOf(bare ?? braced ?? "") ?? whole),
  );

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
