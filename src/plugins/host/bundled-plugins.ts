import { linkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { BundledPlugin } from "../../core/ports/plugins.ts";
import { sourceCommands } from "../lifecycle/source-commands.ts";
import { manifestInText } from "../lifecycle/source-manifest.ts";

type Bundled = Readonly<Record<string, string>>;

/** One that comes with the bot, as its source says. */
export function bundledPlugin(file: string, text: string): Omit<BundledPlugin, "added"> {
  const { name, description, permissions } = manifestInText(text, file, "");
  return { name, description, permissions, commands: sourceCommands(text, file) };
}

/** Writes one that comes with the bot into the folder, whole or not at all. Throws `not_found`, `conflict`. */
export async function addBundled(bundled: Bundled, dir: string, name: string): Promise<void> {
  const text = bundled[`${name}.ts`];
  if (text === undefined) throw new Failure("not_found", `No plugin "${name}" comes with the bot.`);
  const draft = join(dir, `.${name}-${crypto.randomUUID()}.ts`);
  await Bun.write(draft, text);
  try {
    // Never over a file that is there.
    linkSync(draft, join(dir, `${name}.ts`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Failure("conflict", `There is a file ${name}.ts in the plugins folder already.`);
  } finally {
    rmSync(draft, { force: true });
  }
}
