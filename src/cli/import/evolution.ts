import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";
import { isThere, jsonFiles } from "./folder.ts";
import { redisFiles } from "./redis.ts";
import { sourceText } from "./source-file.ts";

/**
 * Evolution's: the column `creds` of its row in `Session`, as a file, and the keys in `instances/<id>` or in its Redis. Without
 * the keys the account comes along, and everything else is made anew. Throws `invalid`.
 */
export async function evolutionFiles(keys: string, credentials: string | undefined): Promise<SessionFiles> {
  const files = /^rediss?:/.test(keys) ? await redisFiles(keys) : isThere(keys) ? jsonFiles(keys) : {};
  if (credentials === undefined) {
    if ("creds.json" in files || "creds" in files) return files;
    throw new Failure(
      "invalid",
      `Evolution has the credentials in its database: write the column "creds" of the row in "Session" into a file, and name it by --credentials.`,
    );
  }
  return { ...files, "creds.json": sourceText(credentials) };
}
