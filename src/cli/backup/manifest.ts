import { randomInt } from "node:crypto";
import { Failure } from "../../core/base/failure.ts";
import type { SnapshotPosition } from "../../store/snapshot.ts";
import type { BackupTarget } from "./target.ts";

/** One file as it lies at the target. */
export interface BackupFile {
  /** Its place in the data folder. */
  readonly name: string;
  /** Where it lies. */
  readonly stored: string;
  /** Bytes and hash (hex) of what lies there. */
  readonly size: number;
  readonly sha256: string;
}

/** What makes files a backup: written last, so that one without it is none. */
export interface BackupManifest {
  readonly format: 1;
  /** `2026-12-01T02-50-11Z-4f3a` */
  readonly id: string;
  readonly merpati: string;
  readonly createdAt: string;
  readonly isSealed: boolean;
  /** Which key it is sealed with; left out by those that do not say so yet, and where it is not. */
  readonly keyId?: string;
  readonly position: Omit<SnapshotPosition, "files">;
  readonly files: readonly BackupFile[];
}

/** What the id of a backup of that moment begins with: ids are in the order of time. */
export const backupIdAt = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;

/** The milliseconds are in it too: two of one second are in order. */
export const newBackupId = (at: number): string =>
  `${backupIdAt(at)}-${(at % 1_000).toString(16).padStart(3, "0")}${randomInt(16).toString(16)}`;

export const manifestName = (id: string): string => `backups/${id}/manifest.json`;

/** Every backup at a target, the oldest first. */
export async function backupsAt(target: BackupTarget): Promise<string[]> {
  const names = await target.list("backups");
  return names.flatMap((name) => /^backups\/([^/]+)\/manifest\.json$/.exec(name)?.[1] ?? []).toSorted();
}

/** The newest backup whose manifest can be read; null where there is no backup. Throws `refused` when none can be read. */
export async function newestManifest(target: BackupTarget): Promise<BackupManifest | null> {
  const ids = await backupsAt(target);
  for (const id of ids.toReversed()) {
    const found = await readableManifest(target, id);
    if (found !== null) return found;
  }
  if (ids.length === 0) return null;
  throw new Failure("refused", `No backup in ${target.place} can be read: name another place (BACKUP_TO).`);
}

/** Null for one that is damaged. */
export async function readableManifest(target: BackupTarget, id: string): Promise<BackupManifest | null> {
  try {
    return await backupManifest(target, id);
  } catch (error) {
    if (error instanceof Failure && error.code === "refused") return null;
    throw error;
  }
}

/** Throws `not_found`; `refused` for what is none of ours. */
export async function backupManifest(target: BackupTarget, id: string): Promise<BackupManifest> {
  const parts: Uint8Array[] = [];
  for await (const part of target.get(manifestName(id))) parts.push(part);
  try {
    const found = JSON.parse(Buffer.concat(parts).toString()) as BackupManifest;
    if (found.format === 1 && found.files.every(isSafe)) return found;
  } catch {
    // Said below.
  }
  throw new Failure("refused", `The manifest of ${id} cannot be read: use another backup (merpati backup list).`);
}

/** No file leads out of the folder that is restored. */
const isSafe = ({ name, stored }: BackupFile): boolean =>
  [name, stored].every((path) => /^[\w./-]+$/.test(path) && !path.split("/").includes("..") && !path.startsWith("/"));

/** The one that is meant: `latest` is the newest. Throws `not_found`. */
export async function backupNamed(target: BackupTarget, id: string): Promise<string> {
  const all = await backupsAt(target);
  const found = id === "latest" ? all.at(-1) : all.find((each) => each === id);
  if (found !== undefined) return found;
  const hint =
    all.length === 0 ? "name the place where they lie with --from, or BACKUP_TO" : "merpati backup list shows them";
  throw new Failure("not_found", `There is no backup ${id === "latest" ? "" : `${id} `}in ${target.place}: ${hint}.`);
}
