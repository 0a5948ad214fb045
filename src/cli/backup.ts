import { resolve } from "node:path";
import { type Config, loadConfig } from "../config/config.ts";
import { ownerKeyOf } from "../composition/owner-key.ts";
import { createBackup } from "./backup/create.ts";
import { backupKey, makeBackupKey } from "./backup/key.ts";
import { backupNamed, backupsAt, backupManifest, readableManifest } from "./backup/manifest.ts";
import { needKey, type OpenBackup } from "./backup/read.ts";
import { restoreBackup, verifyBackup } from "./backup/restore.ts";
import { targetAt } from "./backup/target.ts";
import { command, print } from "./base/command.ts";
import { bytes } from "./base/units.ts";

const from = ["--from <place>", "Where backups lie, a folder or s3://bucket/prefix; BACKUP_TO when left out."] as const;

/** `merpati backup …`: works beside a running bot and without one. */
export function backupCommand() {
  const backup = command("backup", "Makes, lists, checks and restores backups of the data folder.");
  backup
    .command("create")
    .description("Makes one while the bot runs, and removes the oldest beyond BACKUP_KEEP.")
    .option("--to <place>", "A folder or s3://bucket/prefix; BACKUP_TO when left out.")
    .action(async ({ to }) => {
      const config = loadConfig();
      const id = await createBackup(config, { to });
      print(`Backup ${id} is in ${targetAt(to ?? config.backupTo).place}.`);
    });
  backup
    .command("list")
    .description("Every backup, the newest last.")
    .option(...from)
    .action((options) => list(placeOf(options)));
  backup
    .command("verify [id]")
    .description("Reads a backup to its end, the newest when none is named, and says whether it is whole.")
    .option(...from)
    .action(async (id, options) => {
      const opened = await open(loadConfig(), placeOf(options), id);
      await verifyBackup(opened);
      print(`${opened.manifest.id} is whole: ${opened.manifest.files.length} files.`);
    });
  backup
    .command("restore [id]")
    .description(
      "Makes a data folder of a backup, the newest when none is named; the bot is stopped and the folder empty.",
    )
    .option(...from)
    .option("--to <folder>", "The data folder that is made; SESSIONS_DIR when left out.")
    .action((id, options) => restore(id, options));
  backup
    .command("key <file>")
    .description("Makes a key that backups are sealed with; BACKUP_KEY_FILE names it. Keep a copy elsewhere.")
    .action((file) => {
      makeBackupKey(file);
      print(
        `${file} is a new key. Set BACKUP_KEY_FILE=${file}, and keep a copy in a safe place: without it no backup opens.`,
      );
    });
  return backup;
}

const placeOf = ({ from: place }: { from?: string | undefined }): string => place ?? loadConfig().backupTo;

async function open(config: Config, place: string, id = "latest"): Promise<OpenBackup> {
  const target = targetAt(place);
  const manifest = await backupManifest(target, await backupNamed(target, id));
  const opened = { target, manifest, key: manifest.isSealed ? backupKey(config) : null };
  needKey(opened);
  return opened;
}

async function list(place: string): Promise<void> {
  const target = targetAt(place);
  const ids = await backupsAt(target);
  if (ids.length === 0) print(`There is no backup in ${target.place}. Make one with: merpati backup create`);
  for (const id of ids) {
    const manifest = await readableManifest(target, id);
    if (manifest === null) {
      print(`${id}  damaged: its manifest cannot be read`);
      continue;
    }
    const { files, position, merpati, isSealed } = manifest;
    const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
    const linked = position.devices.filter(({ isLinked }) => isLinked).length;
    print([id, size, `${linked} linked devices`, `merpati ${merpati}`, ...(isSealed ? ["sealed"] : [])].join("  "));
  }
}

async function restore(
  id: string | undefined,
  options: { from?: string | undefined; to?: string | undefined },
): Promise<void> {
  const config = loadConfig();
  const opened = await open(config, placeOf(options), id);
  const dir = resolve(options.to ?? config.sessionsDir);
  await restoreBackup(opened, dir, ownerKeyOf(config));
  print(`${dir} is as it was on ${opened.manifest.createdAt}.`);
  print(
    "Its WhatsApp sessions begin anew, so that no key is used twice; what came since is asked for again by retries.",
  );
  print("Never start the bot whose copy this is again. Start this one with: merpati start");
}
