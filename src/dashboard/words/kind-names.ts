import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A macro: how the kinds of messages are called, as it stands in the core's file of each. It is read while the pages are
 * bundled, since they import nothing of the bot.
 */
export function kindTitles(language: "en" | "id"): Record<string, string> {
  const folder = join(import.meta.dir, "../../core/model/content");
  const names = readdirSync(folder).flatMap((file) => {
    const [, en = "", id = ""] = naming.exec(readFileSync(join(folder, file), "utf8")) ?? [];
    const kind = file.replace(".ts", "").replaceAll("-", "_");
    return en === "" ? [] : [[kind, language === "en" ? en : id]];
  });
  return Object.fromEntries(names) as Record<string, string>;
}

const naming = /^ {2}name: \{ en: "([^"]+)", id: "([^"]+)" \},$/m;
