import { createReadStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Readable } from "node:stream";
import type { Config } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";
import { sealState } from "../../store/conversion/conversion.ts";
import { lockBackups } from "../../store/sqlite/lock.ts";
import { positionOf, snapshot, type SnapshotPosition } from "../../store/snapshot.ts";
import { dataFolder } from "../base/data-folder.ts";
import { Progress } from "../base/progress.ts";
import { version } from "../../../package.json" with { type: "json" };
import { backupKey, backupKeyId } from "./key.ts";
import { newBackupId, type BackupFile, type BackupManifest, manifestName, newestManifest } from "./manifest.ts";
import { pruneBackups } from "./prune.ts";
import { sealed } from "./seal.ts";
import { type BackupTarget, targetAt } from "./target.ts";

/** Small files of the data folder that are worth keeping. */
const notes = ["whatsapp-version", "unknown-names.json", "figures.json", "incidents.json", "settings.json"];

export interface BackupOptions {
  /** In the place of BACKUP_TO. */
  readonly to?: string | undefined;
}

/**
 * Makes a backup of the data folder while the bot runs, and removes those beyond BACKUP_KEEP. Returns its id. The database
 * is that of one moment; a picture lies at the target once, however many backups speak of it.
 */
export async function createBackup(config: Config, { to }: BackupOptions): Promise<string> {
  const dir = dataFolder(config.sessionsDir);
  needWhole(dir);
  const target = targetAt(to ?? config.backupTo);
  const key = backupKey(config);
  const id = newBackupId(Date.now());
  const work = join(dir, "backup-work");
  const unlock = lockBackups(dir);
  try {
    // What a backup that was ended left behind.
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { mode: 0o700 });
    const database = join(work, "merpati.sqlite");
    snapshot(dir, database);
    const { files: media, ...position } = positionOf(database);
    await needOwnPlace(target, position);
    const writer = new BackupWriter(target, key, id);
    const files = [await writer.database(database)];
    for (const name of notes)
      if (existsSync(join(dir, name))) files.push(await writer.file(join(dir, name), name, `backups/${id}/${name}`));
    files.push(...(await writer.media(dir, media)));
    const manifest: BackupManifest = {
      format: 1,
      id,
      merpati: version,
      createdAt: new Date().toISOString(),
      isSealed: key !== null,
      ...(key !== null && { keyId: backupKeyId(key) }),
      position,
      files,
    };
    await target.put(manifestName(id), one(JSON.stringify(manifest, null, 2)));
    await pruneBackups(target, config.backupKeep);
    return id;
  } finally {
    rmSync(work, { recursive: true, force: true });
    unlock();
  }
}

/** Throws `conflict` for a store that is half sealed: nobody could end that in a restored one. */
function needWhole(dir: string): void {
  const seal = sealState(dir);
  if (seal?.isUnderWay)
    throw new Failure(
      "conflict",
      `${dir} is half sealed: end that first with merpati seal ${seal.isUnsealing ? "off" : "on"}.`,
    );
}

/** Throws `conflict` where another bot's backups lie: the oldest of all go, and those of a bot that was lost would be among them. */
async function needOwnPlace(target: BackupTarget, { store }: Pick<SnapshotPosition, "store">): Promise<void> {
  const other = (await newestManifest(target))?.position.store;
  if (other == null || store == null || other === store) return;
  throw new Failure(
    "conflict",
    `${target.place} holds backups of another bot: give this one a place of its own (BACKUP_TO), or restore that one.`,
  );
}

class BackupWriter {
  readonly #target: BackupTarget;
  readonly #key: Buffer | null;
  readonly #id: string;

  constructor(target: BackupTarget, key: Buffer | null, id: string) {
    this.#target = target;
    this.#key = key;
    this.#id = id;
  }

  async database(file: string): Promise<BackupFile> {
    const gzip = createGzip({ level: 3 });
    const done = pipeline(createReadStream(file), gzip);
    const [written] = await Promise.all([
      this.#put(gzip, "merpati.sqlite", `backups/${this.#id}/merpati.sqlite.gz`),
      done,
    ]);
    return written;
  }

  file(path: string, name: string, stored: string): Promise<BackupFile> {
    return this.#put(createReadStream(path), name, stored);
  }

  /** Those that an earlier backup brought there stay as they are: a file is named by its hash, and by the key that seals it. */
  async media(dir: string, names: readonly string[]): Promise<BackupFile[]> {
    const kind = this.#key === null ? "media" : `media-sealed/${backupKeyId(this.#key)}`;
    const known = await this.#known(kind);
    const files: BackupFile[] = [];
    const progress = new Progress(`Files of messages (${names.length})`);
    for (const [place, stored] of names.entries()) {
      const name = `media/${stored.slice(0, 2)}/${stored}`;
      progress.show(place + 1, names.length);
      const there = known.get(name);
      // Pruned since the snapshot: its message shows none then.
      if (there) files.push(there);
      else if (existsSync(join(dir, name)))
        files.push(await this.file(join(dir, name), name, `${kind}/${stored.slice(0, 2)}/${stored}`));
    }
    progress.end();
    return files;
  }

  /** By name, what the newest backup already brought and is still there. */
  async #known(kind: string): Promise<Map<string, BackupFile>> {
    const newest = await newestManifest(this.#target);
    if (newest === null) return new Map();
    const there = new Set(await this.#target.list(`${kind}/`));
    const { files } = newest;
    return new Map(files.filter(({ stored }) => there.has(stored)).map((file) => [file.name, file]));
  }

  async #put(bytes: AsyncIterable<Uint8Array>, name: string, stored: string): Promise<BackupFile> {
    const hash = new Bun.CryptoHasher("sha256");
    let size = 0;
    const seal = this.#key === null ? bytes : sealed(bytes, this.#key);
    async function* counted() {
      for await (const chunk of seal) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    }
    await this.#target.put(stored, counted());
    return { name, stored, size, sha256: hash.digest("hex") };
  }
}

const one = (text: string): Readable => Readable.from([Buffer.from(text)]);
