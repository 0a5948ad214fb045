import { readFileSync } from "node:fs";
import { Failure } from "../../core/base/failure.ts";

/** The text of a file that is to be imported. Throws `invalid` for what is absent, closed or a folder. */
export function sourceText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("invalid", `${path} cannot be read: name a file that is there, and that you may read.`, {
      cause,
    });
  }
}
