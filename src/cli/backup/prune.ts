import { day } from "../../core/base/durations.ts";
import { backupIdAt, backupsAt, manifestName, readableManifest } from "./manifest.ts";
import type { BackupTarget } from "./target.ts";

/** Removes what is beyond the newest `keep`, what was not ended, and files that no backup speaks of any more. */
export async function pruneBackups(target: BackupTarget, keep: number): Promise<void> {
  await pruneUnfinished(target);
  const all = await backupsAt(target);
  const [gone, kept] = [all.slice(0, -keep), all.slice(-keep)];
  if (gone.length === 0) return;
  // The manifest first: from then on it is no backup.
  for (const id of gone) {
    await target.remove(manifestName(id));
    await target.clear(`backups/${id}`);
  }
  const manifests = await Promise.all(kept.map((id) => readableManifest(target, id)));
  // What a damaged one speaks of nobody knows.
  if (manifests.includes(null)) return;
  const used = new Set(manifests.flatMap((manifest) => manifest?.files.map(({ stored }) => stored) ?? []));
  for (const kind of ["media", "media-sealed"])
    for (const name of await target.list(kind)) if (!used.has(name)) await target.remove(name);
}

/** A backup that was ended in the middle, so that it has no manifest. One of today may be another bot's, under way. */
async function pruneUnfinished(target: BackupTarget): Promise<void> {
  const whole = new Set(await backupsAt(target));
  const before = backupIdAt(Date.now() - day);
  const there = new Set((await target.list("backups")).flatMap((name) => name.split("/")[1] ?? []));
  for (const id of there) if (!whole.has(id) && id < before) await target.clear(`backups/${id}`);
}
