import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import { createBackup } from "./backup/create.ts";
import { command, print } from "./base/command.ts";
import { Progress } from "./base/progress.ts";
import { bytes } from "./base/units.ts";
import { download, fileFor, offered, rollBack, swap, type UpdateParts } from "./update/install.ts";
import { ownTarget } from "./update/own-target.ts";
import { publicKeyIn } from "./update/release.ts";
import { version } from "./version.ts";

export const updateCommand = () =>
  command("update", "Brings this program up to date: checks the signature, backs up, swaps, keeps the old one.")
    .option("--check", "Says whether there is a newer version and changes nothing. Exit code 1: there is.", false)
    .option("--rollback", "Goes back to the version before the last update; the data stays.", false)
    .option("--no-backup", "Makes no backup first.")
    .action(async ({ check, rollback, backup }) => {
      if (rollback) return goBack();
      const config = loadConfig();
      const parts = partsOf(config);
      const { release, isNewer } = await offered(parts);
      if (!isNewer) return print(`merpati ${version} is up to date; ${release.version} is offered.`);
      if (check) {
        print(`merpati ${release.version} is there; this is ${version}. Update with: merpati update`);
        process.exitCode = 1;
        return;
      }
      await update(config, parts, release, backup);
    });

async function update(
  config: Config,
  parts: UpdateParts,
  release: Awaited<ReturnType<typeof offered>>["release"],
  isBackedUp: boolean,
): Promise<void> {
  const file = fileFor(release, parts.target);
  const progress = new Progress(`Fetching merpati ${release.version} (${bytes(file.size)})`);
  await download({ ...parts, progress: (done, of) => progress.show(done, of) }, file, release.version);
  progress.end();
  if (isBackedUp && existsSync(join(config.sessionsDir, "merpati.sqlite"))) {
    print(`Backup: ${await createBackup(config, {})}`);
  }
  swap(parts.binary);
  print(`merpati ${release.version} is in place; the old one is ${parts.binary}.old.`);
  print("A bot that runs goes on with the old one until it is started again: systemctl restart merpati");
}

function goBack(): void {
  rollBack(ownBinary());
  print("The version before is in place again. Start the bot again: systemctl restart merpati");
}

function partsOf({ updateUrl, updateKey }: Config): UpdateParts {
  const binary = ownBinary();
  if (updateUrl === null || updateKey === null)
    throw new Failure(
      "invalid",
      "Set UPDATE_URL and UPDATE_KEY, the address of the releases and the key that signs them.",
    );
  const url = updateUrl.replace(/\/+$/, "");
  return { url, key: publicKeyIn(updateKey), binary, version, target: ownTarget() };
}

function ownBinary(): string {
  if (Bun.isStandaloneExecutable) return process.execPath;
  throw new Failure("conflict", "This Merpati runs from source: bring the source up to date instead (git pull).");
}
