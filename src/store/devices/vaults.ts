import { day } from "../../core/base/durations.ts";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../core/base/failure.ts";
import type { Hold } from "../../core/ports/hold.ts";
import { accountFacts, type JournalEntry, type Vault, type VaultBatch, type Vaults } from "../../core/ports/vault.ts";
import type { Clock } from "../../core/base/clock.ts";
import { Disk, type DiskOptions } from "../sqlite/disk.ts";
import { heldOrThrow, voidHold } from "../sqlite/fence.ts";
import { GroupCommit } from "../sqlite/group-commit.ts";
import { vaultSchema } from "../sqlite/migrations.ts";

/** How long a ciphertext is known again: WhatsApp keeps what is not delivered for so long. */
const seenMs = 14 * day;
/** And the last ones whatever the clock says: some machines wake up in 1970. */
const seenLeast = 10_000;

export interface VaultParts {
  dir: string;
  disk: DiskOptions;
  clock: Clock;
  /** Whether WhatsApp knows this device: then its file must be there. */
  linked: (uid: string) => boolean;
  /** The device is no longer linked; written before its keys go. */
  unlink: (uid: string) => Promise<void>;
}

export function vaultFile(dir: string, uid: string): string {
  return join(dir, "devices", `${uid}.sqlite`);
}

export function removeVault(dir: string, uid: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(vaultFile(dir, uid) + suffix, { force: true });
}

export function vaultsIn(parts: VaultParts): Vaults {
  return {
    open: async (hold) => {
      heldOrThrow(hold);
      const file = vaultFile(parts.dir, hold.device);
      if (parts.linked(hold.device) && !existsSync(file)) throw missing(hold.device);
      const disk = Disk.open(file, vaultSchema, parts.disk);
      try {
        await disk.write(() => own(disk, hold));
        const vault = vaultOn(disk, hold, parts);
        if (parts.linked(hold.device) && (await vault.credentials()) === null) throw missing(hold.device);
        return vault;
      } catch (error) {
        await disk.close();
        throw error;
      }
    },
  };
}

/** Never a new identity behind the owner's back: he may still have a backup. */
function missing(uid: string): Failure {
  return new Failure(
    "unavailable",
    `The WhatsApp keys of this device are gone (devices/${uid}.sqlite). Put the file back from a backup, or log the device out and link it anew.`,
  );
}

function own({ db }: Disk, { epoch }: Hold): void {
  const { changes } = db.query("UPDATE owner SET epoch = ?1 WHERE epoch <= ?1").run(epoch);
  if (changes === 0) throw voidHold();
}

function ownedBy(disk: Disk, { epoch }: Hold): () => void {
  const owner = disk.prepare<{ epoch: number }, []>("SELECT epoch FROM owner");
  return () => {
    if (owner.get()?.epoch !== epoch) throw voidHold();
  };
}

/** What a vault is asked; none of it needs the hold. */
function vaultReads(disk: Disk): Pick<Vault, "credentials" | "get" | "journalled" | "pending"> {
  const credentials = disk.prepare<{ value: string }, []>("SELECT value FROM credentials");
  const key = disk.prepare<{ value: string | Uint8Array }, [string, string]>(
    "SELECT value FROM signal_key WHERE type = ? AND id = ?",
  );
  const seen = disk.prepare<{ place: number }, [string]>("SELECT place FROM seen WHERE hash = ?");
  const unsettled = disk.prepare<{ plaintext: Uint8Array }, [number]>("SELECT plaintext FROM journal WHERE place = ?");
  const pending = disk.prepare<JournalEntry, []>(
    "SELECT hash, stanza, plaintext FROM journal JOIN seen USING (place) ORDER BY place",
  );
  return {
    credentials: async () => disk.read(() => credentials.get()?.value ?? null),
    get: async (type, ids) =>
      disk.read(() => {
        const found: Record<string, string | Uint8Array> = {};
        for (const id of ids) {
          const row = key.get(type, id);
          if (row !== null) found[id] = row.value;
        }
        return found;
      }),
    journalled: async (hash) =>
      disk.read(() => {
        const known = seen.get(hash);
        return known === null ? null : { plaintext: unsettled.get(known.place)?.plaintext ?? null };
      }),
    pending: async () => disk.read(() => pending.all()),
  };
}

function vaultOn(disk: Disk, hold: Hold, { clock, unlink }: VaultParts): Vault {
  const fence = ownedBy(disk, hold);
  const group = new GroupCommit(disk);
  const joined = (work: () => void): Promise<void> => {
    heldOrThrow(hold);
    return group.join(() => {
      fence();
      work();
    });
  };
  const guarded = (work: () => void): Promise<void> => {
    const done = joined(work);
    group.flush();
    return done;
  };
  const write = batchWriter(disk, clock);
  return {
    ...vaultReads(disk),
    commit: async (batch) => guarded(() => write(batch)),
    join: (batch) => joined(() => write(batch)),
    get unwritten() {
      return group.pending;
    },
    erase: async () => {
      heldOrThrow(hold);
      await unlink(hold.device);
      await guarded(() => {
        disk.db.run("DELETE FROM signal_key WHERE type <> ?", [accountFacts]);
        for (const table of ["credentials", "seen", "journal"]) disk.db.run(`DELETE FROM ${table}`);
      });
    },
    tidy: async () => {
      group.flush();
      vacuum(disk);
      await disk.emptied();
    },
    close: async () => {
      group.flush();
      vacuum(disk);
      await disk.close();
    },
  };
}

/** What was deleted lies in free pages. */
function vacuum(disk: Disk): void {
  disk.read(() => disk.db.query("PRAGMA incremental_vacuum").all());
}

/** Writes a batch; inside the vault's transaction. */
function batchWriter(disk: Disk, clock: Clock): (batch: VaultBatch) => void {
  const setKey = disk.prepare(
    "INSERT INTO signal_key VALUES (?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET value = excluded.value",
  );
  const dropKey = disk.prepare("DELETE FROM signal_key WHERE type = ? AND id = ?");
  const setCredentials = disk.prepare(
    "INSERT INTO credentials VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET value = excluded.value",
  );
  const see = disk.prepare("INSERT INTO seen (hash, at) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const note = disk.prepare("INSERT INTO journal VALUES (?, ?, ?)");
  const settle = disk.prepare("DELETE FROM journal WHERE place = (SELECT place FROM seen WHERE hash = ?)");
  const forget = disk.prepare(
    `DELETE FROM seen WHERE place IN (SELECT place FROM (SELECT place, at FROM seen ORDER BY place LIMIT 64)
       WHERE at < ? AND place <= (SELECT max(place) FROM seen) - ${seenLeast} AND place NOT IN (SELECT place FROM journal))`,
  );
  return ({ keys, credentials, journal, settled }) => {
    for (const [type, values] of Object.entries(keys ?? {})) {
      for (const [id, value] of Object.entries(values)) {
        if (value === null) dropKey.run(type, id);
        else setKey.run(type, id, value);
      }
    }
    if (credentials !== undefined) setCredentials.run(credentials);
    for (const { hash, stanza, plaintext } of journal ?? []) {
      const { changes, lastInsertRowid } = see.run(hash, clock.now());
      if (changes > 0) note.run(lastInsertRowid, stanza, plaintext);
    }
    if (settled === undefined || settled.length === 0) return;
    for (const hash of settled) settle.run(hash);
    forget.run(clock.now() - seenMs);
  };
}
