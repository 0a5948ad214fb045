import { day } from "../../core/base/durations.ts";
import type { Clock } from "../../core/base/clock.ts";
import type { VaultBatch } from "../../core/ports/vault.ts";
import type { Disk } from "../sqlite/disk.ts";

/** How long a ciphertext is known again: WhatsApp keeps what is not delivered for so long. */
const seenDays = 14;
/** And the last ones whatever the clock says: some machines wake up in 1970. */
const seenLeast = 10_000;
/** Old ones that go with one write. */
const slice = 64;

/** Writes a device's batch; inside somebody's transaction, who has seen that the hold is good. */
export type WriteVault = (device: string, batch: VaultBatch) => void;

export function vaultWriter(disk: Disk, clock: Clock): WriteVault {
  const setKey = disk.prepare(
    "INSERT INTO signal_key VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const dropKey = disk.prepare("DELETE FROM signal_key WHERE device = ? AND type = ? AND id = ?");
  const setCredentials = disk.prepare(
    "INSERT INTO credentials VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const see = disk.prepare("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const note = disk.prepare(
    "INSERT INTO journal (device, hash, stanza, plaintext) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const settle = disk.prepare("DELETE FROM journal WHERE device = ? AND hash = ?");
  const forget = forgetter(disk);
  const { secrets } = disk.seal;
  return (device, { keys, credentials, seen = [], journal = [], settled = [] }) => {
    const today = Math.floor(clock.now() / day);
    for (const type in keys) {
      for (const [id, value] of Object.entries(keys[type] ?? {})) {
        if (value === null) dropKey.run(device, type, id);
        else setKey.run(device, type, id, secrets?.sealAny(`signal_key.value|${device}|${type}|${id}`, value) ?? value);
      }
    }
    if (credentials !== undefined)
      setCredentials.run(device, secrets?.sealText(`credentials.value|${device}`, credentials) ?? credentials);
    for (const hash of seen) see.run(device, today, hash);
    for (const { hash, stanza, plaintext } of journal) {
      see.run(device, today, hash);
      note.run(
        device,
        hash,
        secrets?.sealText(`journal.stanza|${device}|${hash}`, stanza) ?? stanza,
        secrets?.seal(`journal.plaintext|${device}|${hash}`, plaintext) ?? plaintext,
      );
    }
    for (const hash of settled) settle.run(device, hash);
    if (seen.length > 0 || journal.length > 0) forget(device, today);
  };
}

/** Forgets ciphertexts of long ago, some with each write, until none is left for today. */
function forgetter(disk: Disk): (device: string, today: number) => void {
  const forget = disk.prepare(
    `DELETE FROM seen WHERE device = ?1 AND (day, hash) IN (SELECT day, hash FROM seen WHERE device = ?1
       AND day < min(?2, coalesce((SELECT day FROM seen WHERE device = ?1 ORDER BY day DESC LIMIT 1 OFFSET ${seenLeast - 1}), 0))
       ORDER BY day LIMIT ${slice})`,
  );
  /** When each device's were looked through last. */
  const done = new Map<string, number>();
  return (device, today) => {
    if (done.get(device) === today) return;
    if (forget.run(device, today - seenDays).changes < slice) done.set(device, today);
  };
}
