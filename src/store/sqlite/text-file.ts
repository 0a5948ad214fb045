import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { TextFile } from "../../core/base/text-file.ts";

/**
 * A note in a file of its own, for what belongs to no device and may be lost. `isFlushed`: on the disk before it is written, for what
 * may not.
 */
export function textFileIn(file: string, { isFlushed = false } = {}): TextFile {
  return {
    read: async () => (existsSync(file) ? readFileSync(file, "utf8") : null),
    write: async (text) => {
      // The old one or the new one, never half of either.
      writeFileSync(`${file}.new`, text, { mode: 0o600, flush: isFlushed });
      renameSync(`${file}.new`, file);
    },
  };
}
