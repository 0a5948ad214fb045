import { systemClock } from "../composition/system.ts";
import { Failure } from "../core/base/failure.ts";
import { phoneOfJid } from "../core/model/recipient.ts";
import type { SessionFiles } from "../core/ports/moving.ts";
import { command, print } from "./base/command.ts";
import { reachingTenant, RunningBot } from "./base/running-bot.ts";
import { evolutionFiles } from "./import/evolution.ts";
import { folderFiles } from "./import/folder.ts";
import { needMovable } from "./import/movable.ts";
import { redisFiles } from "./import/redis.ts";
import { sealedFiles } from "./import/sealed.ts";
import { whatsmeowFilesOf } from "./import/whatsmeow.ts";
import { readTwice } from "./import/twice.ts";

interface Source {
  path: string;
  credentials?: string | undefined;
  account?: string | undefined;
  passphraseFile?: string | undefined;
}

/** What is imported, by the server that wrote it. */
const readers: Record<string, (source: Source) => SessionFiles | Promise<SessionFiles>> = {
  baileys: ({ path }) => folderFiles(path),
  waha: ({ path }) => folderFiles(path),
  fazer: ({ path }) => redisFiles(path),
  evolution: ({ path, credentials }) => evolutionFiles(path, credentials),
  merpati: ({ path, passphraseFile }) => sealedFiles(path, passphraseFile),
  whatsmeow: ({ path, account }) => whatsmeowFilesOf(path, account),
};
const kinds = Object.keys(readers).join(", ");

/** `merpati import …`: asks the bot that runs. */
export function importCommand() {
  return reachingTenant(
    command("import", "Takes over a linked device of another server, without a scan.")
      .argument("<kind>", `Whose it is: ${kinds}.`)
      .argument("<path>", "Its folder, file or address.")
      .requiredOption("--device <id>", "The device that it becomes; made when there is none.")
      .option("--credentials <file>", 'Of Evolution: the column "creds" of its row in "Session".')
      .option("--account <number>", "Of whatsmeow: which of its devices, where the store has several.")
      .option("--passphrase-file <file>", "Of merpati: a file with the passphrase; - is standard input.")
      .option("--stopped", "The other server is stopped, for good.")
      .option("--dry-run", "Only tell what would come along.")
      .option("--start", "Start the device then."),
  ).action(
    async (
      kind,
      path,
      { device, credentials, account, passphraseFile, stopped = false, dryRun = false, start = false, ...which },
    ) => {
      const reader = readers[kind];
      if (!reader) throw new Failure("invalid", `"${kind}" is none of ${kinds}.`);
      if (!stopped && !dryRun) throw new Failure("invalid", stopFirst);
      const read = async () => {
        const files = await reader({ path, credentials, account, passphraseFile });
        needMovable(files);
        return files;
      };
      if (dryRun) await tryOut(await read());
      else await bring(await readTwice(read, systemClock), device, RunningBot.find(which), start);
    },
  );
}

/** Needs no bot. */
async function tryOut(files: SessionFiles): Promise<void> {
  const { movedSession } = await import("../whatsapp/moving/moved-session.ts");
  const { account, report } = movedSession(files);
  tell({ phone_number: phoneOfJid(account.jid), kept: report.kept, made_anew: report.anew });
  print("Nothing was changed. Stop the other server for good, then import with --stopped.");
}

async function bring(files: SessionFiles, device: string, bot: RunningBot, start: boolean): Promise<void> {
  await makeUnlessThere(bot, device);
  const { data } = await bot.ask("POST", `${pathOf(device)}/import`, { files, stopped: true });
  tell(data as Imported);
  if (start) await bot.ask("POST", `${pathOf(device)}/start`);
  print(start ? `The device ${device} is starting.` : `Start it with: merpati device start ${device}`);
}

const stopFirst =
  "Stop the other server first, for good: two that hold the same keys throw each other out and spoil the sessions. " +
  "Then add --stopped. --dry-run tells what would come along, and changes nothing.";

const pathOf = (id: string): string => `/v1/devices/${encodeURIComponent(id)}`;

async function makeUnlessThere(bot: RunningBot, id: string): Promise<void> {
  const { data } = await bot.ask("GET", "/v1/devices");
  if ((data as { device_id: string }[]).some((each) => each.device_id === id)) return;
  await bot.ask("POST", "/v1/devices", { device_id: id });
}

interface Imported {
  phone_number: string | null;
  kept: Record<string, number>;
  made_anew: string[];
}

function tell({ phone_number: number, kept, made_anew: anew }: Imported): void {
  print(`The account …${(number ?? "").slice(-4)}. What comes along:`);
  for (const [what, count] of Object.entries(kept)) print(`  ${count} ${what.replaceAll("_", " ")}`);
  print("What is made anew, or stays:");
  for (const each of anew) print(`  ${each}`);
}
