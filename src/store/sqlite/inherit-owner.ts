import { chownSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** What root makes in somebody's folder is theirs: the bot, which runs as them, could not write to it else. */
export function inheritOwner(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  if (statSync(path).uid !== uid) chownSync(path, uid, gid);
}
