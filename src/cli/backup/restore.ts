import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import { reviseKeys } from "../../store/devices/revise-keys.ts";
import type { OwnerKey } from "../../store/seal/envelope.ts";
import { databaseName, draftBeside, draftIn } from "../../store/sqlite/stamp.ts";
import { positionOf, unstamp } from "../../store/snapshot.ts";
import { staleCredentials, staleKey, staleTypes } from "../../whatsapp/session/stale-keys.ts";
import { type OpenBackup, readBackup } from "./read.ts";

/** Reads a whole backup, as a restore would; of its files only the database is written, and goes again. Throws `refused`, `unavailable`. */
export async function verifyBackup(backup: OpenBackup): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "merpati-verify-"));
  try {
    await readBackup(backup, folder, (name) => name === "merpati.sqlite");
    compare(backup, join(folder, "merpati.sqlite"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What an empty folder may hold: of the file system, and of a start that was refused. */
const harmless: ReadonlySet<string> = new Set(["lost+found", "lock", "lock-journal"]);

/**
 * Makes a data folder of a backup, its keys made fit to be used again. A new folder gets its name at the very end, one that is
 * there, as where a volume is mounted, gets the database at the very end: until then nothing takes it for a bot's. Throws
 * `conflict` when there is a bot already.
 */
export async function restoreBackup(backup: OpenBackup, dir: string, ownerKey: OwnerKey): Promise<void> {
  const there = existsSync(dir) ? readdirSync(dir).filter((name) => !harmless.has(name)) : [];
  const isBegun = there.includes(basename(draftIn(dir))) && !there.includes(databaseName);
  if (there.length > 0 && !isBegun)
    throw new Failure("conflict", `${dir} is not empty: move it away first, or name another folder with --to.`);
  const draft = existsSync(dir) ? draftIn(dir) : draftBeside(dir);
  // What a restore that was ended left behind.
  for (const path of [...there.map((name) => join(dir, name)), draftBeside(dir)])
    rmSync(path, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    await readBackup(backup, draft);
    compare(backup, join(draft, "merpati.sqlite"));
    reviveKeys(draft, ownerKey);
    unstamp(draft);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  settle(draft, dir);
}

function settle(draft: string, dir: string): void {
  if (!existsSync(dir)) return renameSync(draft, dir);
  const others = readdirSync(draft).filter((name) => name !== databaseName);
  for (const name of [...others, databaseName]) renameSync(join(draft, name), join(dir, name));
  rmSync(draft, { recursive: true, force: true });
}

/** Makes the keys in a data folder fit to be used again; see `staleKey`. Returns how many changed. */
export const reviveKeys = (dir: string, ownerKey: OwnerKey): number =>
  reviseKeys(dir, { types: staleTypes, key: staleKey, credentials: staleCredentials }, ownerKey);

/** Throws `refused` when the database is not that of the manifest. */
function compare({ manifest }: OpenBackup, file: string): void {
  const found = positionOf(file);
  const { schema, lastEvent, devices, store } = manifest.position;
  const isSame =
    found.schema === schema &&
    found.lastEvent === lastEvent &&
    (store === undefined || store === found.store) &&
    devices.length === found.devices.length &&
    devices.every((device, place) => Bun.deepEquals({ ...found.devices[place], ...device }, found.devices[place]));
  if (!isSame) throw new Failure("refused", "The database of the backup is not the one that its manifest describes.");
}
