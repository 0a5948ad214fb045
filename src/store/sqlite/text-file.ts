import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { TextFile } from "../../core/base/text-file.ts";

/** A note in a file of its own: for what may be lost and belongs to no device. */
export function textFileIn(file: string): TextFile {
  return {
    read: async () => (existsSync(file) ? readFileSync(file, "utf8") : null),
    write: async (text) => {
      // The old one or the new one, never half of either.
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
