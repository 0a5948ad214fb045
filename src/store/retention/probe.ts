import type { Disk } from "../sqlite/disk.ts";

/** Two pages: more than one row's worth of slack may hide. */
const filling = "0".repeat(8_192);

/** Writes something and takes it away again. Throws `unavailable` when nothing can be written. */
export function probeOn(disk: Disk): () => Promise<void> {
  const put = disk.prepare("INSERT INTO plugin_data VALUES ('$probe', 'probe', json_quote(?))");
  const take = disk.prepare("DELETE FROM plugin_data WHERE plugin = '$probe'");
  return () =>
    disk.write(() => {
      put.run(filling);
      take.run();
    });
}
