import { breathe } from "../../core/base/breathe.ts";
import type { Disk } from "../sqlite/disk.ts";
import { removeDeviceFiles } from "./merge.ts";
import { vaultTables } from "./vaults.ts";

const slice = 2_000;
const people = ["person", "person_name", "person_move", "early_change"];

/**
 * Removes a device with all that is known of it, in slices with a breath between them, so that a long history does not
 * stall the others. The keys go last, with the row itself: interrupted, it can be asked for again.
 */
export function forgetDevice(
  disk: Disk,
  dir: string,
  forgetMedia: (uid: string) => Promise<number>,
  namesChanged: () => void,
): (uid: string) => Promise<void> {
  const sliced = ["event", "message", "bulk", "said"].map((table) =>
    disk.prepare(`DELETE FROM ${table} WHERE place IN (SELECT place FROM ${table} WHERE device = ? LIMIT ${slice})`),
  );
  const rest = ["chat", "contact", "acquaintance", "label", "label_use", ...people].map((table) =>
    disk.prepare(`DELETE FROM ${table} WHERE device = ?`),
  );
  const keys = [...vaultTables, "merged", "lifetime", "pruned_device"].map((table) =>
    disk.prepare(`DELETE FROM ${table} WHERE device = ?`),
  );
  const row = disk.prepare("DELETE FROM device WHERE uid = ?");
  const voidHolds = disk.prepare(
    "UPDATE device SET epoch = epoch + 1, wanted = 'stopped', account = NULL WHERE uid = ?",
  );
  return async (uid) => {
    await disk.write(() => void voidHolds.run(uid));
    for (const statement of sliced) {
      while ((await disk.write(() => statement.run(uid).changes)) > 0) await breathe();
    }
    while ((await forgetMedia(uid)) > 0) await breathe();
    namesChanged();
    for (const statement of rest) await disk.write(() => void statement.run(uid));
    removeDeviceFiles(dir, uid);
    await disk.write(() => {
      for (const statement of keys) statement.run(uid);
      row.run(uid);
    });
  };
}
