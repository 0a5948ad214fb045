import { existsSync } from "node:fs";
import { Failure } from "../../core/base/failure.ts";
import type { Hold } from "../../core/ports/hold.ts";
import { accountFacts, type JournalEntry, type Vault, type VaultBatch, type Vaults } from "../../core/ports/vault.ts";
import type { Disk } from "../sqlite/disk.ts";
import { heldOrThrow, voidHold } from "../sqlite/fence.ts";
import { deviceFile, removeDeviceFiles } from "./merge.ts";
import type { WriteVault } from "./vault-writer.ts";

export interface VaultParts {
  dir: string;
  disk: Disk;
  write: WriteVault;
  /** Whether WhatsApp knows this device: then its keys must be there. */
  linked: (uid: string) => boolean;
  /** The device is no longer linked; written before its keys go. */
  unlink: (uid: string) => Promise<void>;
}

/** What a vault keeps, each by device. */
export const vaultTables = ["credentials", "signal_key", "seen", "journal"] as const;

export function vaultsOn(parts: VaultParts): Vaults {
  const { disk } = parts;
  const statements = { reads: readStatements(disk), fence: fenceOn(disk), erase: eraser(disk) };
  return {
    open: async (hold) => {
      heldOrThrow(hold);
      disk.read(() => statements.fence(hold));
      const vault = vaultOf(hold, parts, statements);
      if (parts.linked(hold.device) && (await vault.credentials()) === null) throw missing(parts.dir, hold.device);
      return vault;
    },
  };
}

/** Never a new identity behind the owner's back: he may still have a backup. */
function missing(dir: string, uid: string): Failure {
  const left = existsSync(deviceFile(dir, uid));
  return new Failure(
    "unavailable",
    left
      ? `devices/${uid}.sqlite is damaged, so the WhatsApp keys in it could not be taken over. Put a backup of that file back and start again, or log the device out and link it anew.`
      : "The WhatsApp keys of this device are gone. Put back a backup of merpati.sqlite, or log the device out and link it anew.",
  );
}

/** Throws when somebody owns the device anew. */
function fenceOn(disk: Disk): (hold: Hold) => void {
  const owner = disk.prepare<{ epoch: number }, [string]>("SELECT epoch FROM device WHERE uid = ?");
  return ({ device, epoch }) => {
    if (owner.get(device)?.epoch !== epoch) throw voidHold();
  };
}

function eraser(disk: Disk): (device: string) => void {
  // What a new link of the same account goes on with stays.
  const spared = { signal_key: `AND type <> '${accountFacts}'` } as Partial<Record<string, string>>;
  const statements = vaultTables.map((table) =>
    disk.prepare(`DELETE FROM ${table} WHERE device = ? ${spared[table] ?? ""}`),
  );
  return (device) => statements.forEach((statement) => statement.run(device));
}

interface Statements {
  reads: (device: string) => Pick<Vault, "credentials" | "get" | "everything" | "journalled" | "pending">;
  fence: (hold: Hold) => void;
  erase: (device: string) => void;
}

function everyKey(disk: Disk): (device: string) => NonNullable<VaultBatch["keys"]> {
  const all = disk.prepare<{ type: string; id: string; value: string | Uint8Array }, [string]>(
    "SELECT type, id, value FROM signal_key WHERE device = ? ORDER BY type, id",
  );
  const { secrets } = disk.seal;
  return (device) => {
    const keys: NonNullable<VaultBatch["keys"]> = {};
    for (const { type, id, value } of all.all(device))
      (keys[type] ??= {})[id] = secrets?.openAny(`signal_key.value|${device}|${type}|${id}`, value) ?? value;
    return keys;
  };
}

/** What a vault is asked; none of it needs the hold. */
function readStatements(disk: Disk): Statements["reads"] {
  const credentials = disk.prepare<{ value: string }, [string]>("SELECT value FROM credentials WHERE device = ?");
  const key = disk.prepare<{ value: string | Uint8Array }, [string, string, string]>(
    "SELECT value FROM signal_key WHERE device = ? AND type = ? AND id = ?",
  );
  const keysOf = everyKey(disk);
  const unsettled = disk.prepare<{ plaintext: Uint8Array }, [string, string]>(
    "SELECT plaintext FROM journal WHERE device = ? AND hash = ?",
  );
  // By the days there are, of which there are few: the index begins with them.
  const seen = disk.prepare<{ one: 1 }, [string, string]>(
    `WITH RECURSIVE days (day) AS (SELECT min(day) FROM seen WHERE device = ?1
       UNION ALL SELECT (SELECT min(day) FROM seen WHERE device = ?1 AND day > days.day) FROM days WHERE day IS NOT NULL)
     SELECT 1 AS one FROM days JOIN seen ON seen.device = ?1 AND seen.day = days.day AND seen.hash = ?2 LIMIT 1`,
  );
  const pending = disk.prepare<JournalEntry, [string]>(
    "SELECT hash, stanza, plaintext FROM journal WHERE device = ? ORDER BY place",
  );
  const { secrets } = disk.seal;
  const plaintextOf = (device: string, hash: string, plaintext: Uint8Array): Uint8Array =>
    secrets?.open(`journal.plaintext|${device}|${hash}`, plaintext) ?? plaintext;
  const credentialsOf = (device: string): string | null => {
    const value = credentials.get(device)?.value;
    if (value === undefined) return null;
    return secrets?.openText(`credentials.value|${device}`, value) ?? value;
  };
  return (device) => ({
    credentials: async () => disk.read(() => credentialsOf(device)),
    get: async (type, ids) =>
      disk.read(() => {
        const found: Record<string, string | Uint8Array> = {};
        for (const id of ids) {
          const row = key.get(device, type, id);
          if (row === null) continue;
          found[id] = secrets?.openAny(`signal_key.value|${device}|${type}|${id}`, row.value) ?? row.value;
        }
        return found;
      }),
    everything: async () => disk.read(() => ({ credentials: credentialsOf(device), keys: keysOf(device) })),
    journalled: async (hash) =>
      disk.read(() => {
        const plaintext = unsettled.get(device, hash)?.plaintext;
        if (plaintext !== undefined) return { plaintext: plaintextOf(device, hash, plaintext) };
        return seen.get(device, hash) === null ? null : { plaintext: null };
      }),
    pending: async () =>
      disk.read(() =>
        pending.all(device).map(({ hash, stanza, plaintext }) => ({
          hash,
          stanza: secrets?.openText(`journal.stanza|${device}|${hash}`, stanza) ?? stanza,
          plaintext: plaintextOf(device, hash, plaintext),
        })),
      ),
  });
}

function vaultOf(hold: Hold, { dir, disk, write, unlink }: VaultParts, { reads, fence, erase }: Statements): Vault {
  const { device } = hold;
  const owned = (work: () => void): Promise<void> => {
    heldOrThrow(hold);
    return disk.write(() => {
      fence(hold);
      work();
    });
  };
  return {
    ...reads(device),
    commit: async (batch) => owned(() => write(device, batch)),
    erase: async () => {
      heldOrThrow(hold);
      await unlink(device);
      await owned(() => erase(device));
      removeDeviceFiles(dir, device);
    },
    tidy: () => disk.emptied(),
    close: async () => {},
  };
}
