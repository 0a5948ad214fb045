import { basename } from "node:path";
import { Failure } from "../../core/base/failure.ts";

/** What is said of a database file that is not whole; `changed` when the bot has written to it since. */
export function damaged(file: string, cause: unknown, changed = false): Failure {
  const sentence = changed ? "S" : "Nothing was changed; s";
  return new Failure(
    "unavailable",
    `${basename(file)} is damaged. ${sentence}top Merpati and put back a backup of it.`,
    { cause },
  );
}
