import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../core/base/failure.ts";
import type { Environment } from "./sources.ts";

/** Settings that may stand in a file of their own, as secrets of containers and credentials of systemd do: SMTP_URL_FILE names it. */
const inFiles = [
  "API_KEY",
  "METRICS_KEY",
  "WEBHOOK_SECRET",
  "ALERT_WEBHOOK_URL",
  "ALERT_WEBHOOK_SECRET",
  "SMTP_URL",
  "PROXY",
] as const;

/** `SMTP_URL` of `SMTP_URL_FILE`. */
const settingOf: ReadonlyMap<string, string> = new Map(inFiles.map((name) => [`${name}_FILE`, name]));

export const secretFileNames: readonly string[] = [...settingOf.keys()];

/** Whether a setting may stand in a file that `…_FILE` names. */
export const mayBeInFile = (variable: string): boolean => inFiles.some((name) => name === variable);

/**
 * What stands in the files that `environment` and `file` name, by setting. A path is one of `folder`. Throws `invalid`, with
 * one sentence for each mistake; none of them has what a file holds.
 */
export function secretsIn(environment: Environment, file: Environment, folder: string): Environment {
  const mistakes: string[] = [];
  const found: Record<string, string> = {};
  for (const [variable, setting] of settingOf) {
    const source = isSet(environment[variable]) ? environment : file;
    const path = source[variable]?.trim() ?? "";
    if (path === "") continue;
    if (isSet(source[setting])) mistakes.push(`${setting} and ${variable} say the same thing: leave one of them.`);
    const text = textOf(resolve(folder, path));
    if (text === null) mistakes.push(`${variable} names ${path}, which cannot be read.`);
    else if (text === "" || text.includes("\n"))
      mistakes.push(`${variable}: ${path} should hold one line, the secret.`);
    else found[setting] = text;
  }
  if (mistakes.length > 0) throw new Failure("invalid", mistakes.join("\n"));
  return found;
}

const isSet = (value: string | undefined): boolean => (value ?? "").trim() !== "";

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}
