import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Those of this repository: whoever works in a checkout has plugins of their own beside them. */
const names = [
  "admin",
  "assistant",
  "auto-reply",
  "forward",
  "help",
  "language",
  "moderation",
  "ping",
  "quiz",
  "reminders",
  "sticker",
  "welcome",
];

/** A macro: the plugins that come with the bot, read while bundling, so that the binary carries them. File name to text. */
export function bundledPlugins(): Record<string, string> {
  const folder = join(import.meta.dir, "../../plugins");
  return Object.fromEntries(names.map((name) => [`${name}.ts`, readFileSync(join(folder, `${name}.ts`), "utf8")]));
}
