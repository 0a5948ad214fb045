import type { Running } from "../composition/composition.ts";
import { ownerKeyOf } from "../composition/owner-key.ts";
import { type Config, sourcesIn } from "../config/config.ts";
import { chosenFileOf } from "../config/sources.ts";
import { LiveSettings } from "../config/live-settings.ts";
import { Failure } from "../core/base/failure.ts";
import { addressesAt } from "../server/listening.ts";
import { scheduledBackups } from "./backup/schedule.ts";
import { command, print } from "./base/command.ts";
import { runBot } from "./base/run-bot.ts";
import { textFileIn } from "../store/sqlite/text-file.ts";
import { showLinking } from "./terminal.ts";

export const startCommand = () =>
  command("start", "Starts the bot; the default.")
    .argument("[nothing...]")
    .option("--after-restore", "Takes an older copy of the data folder; its WhatsApp sessions begin anew.", false)
    .allowUnknownOption()
    .action(async ([given], { afterRestore }) => {
      if (given !== undefined)
        throw new Failure(
          "invalid",
          `"start" takes nothing, not "${given}": settings come from the environment or .env (merpati --help).`,
        );
      const settings = liveSettings();
      const { config } = settings;
      const listening = (server: Pick<Running, "url" | "newKey" | "newFolder">) => announce(server, config);
      await runBot(settings, {
        listening,
        afterRestore: afterRestore ? await reviver(config) : undefined,
        begun: ({ bot, url }, log) =>
          showLinking({ bot, url, log, byCode: config.usePairingCode, out: process.stdout }),
        extras: (running, log) => [scheduledBackups(settings, log, (problem) => running.noteBackup(problem))],
      });
    });

/** Those of the folder that one stands in, which SIGHUP and the API change. */
function liveSettings(): LiveSettings {
  const folder = process.cwd();
  const { environment, file } = sourcesIn(folder);
  return LiveSettings.load({
    read: () => sourcesIn(folder, environment),
    // Retention that an operator chose keeps what he wants kept.
    note: textFileIn(chosenFileOf({ environment, file }, folder), { isFlushed: true }),
  });
}

/** Read only then: it knows the Signal protocol. */
async function reviver(config: Config): Promise<(dir: string) => void> {
  const { reviveKeys } = await import("./backup/restore.ts");
  return (dir) => {
    const count = reviveKeys(dir, ownerKeyOf(config));
    print(`The WhatsApp sessions in ${dir} begin anew (${count} keys), so that none is used a second time.`);
  };
}

function announce(
  { url: root, newKey, newFolder }: Pick<Running, "url" | "newKey" | "newFolder">,
  { host, basePath, tlsCert }: Config,
): void {
  const scheme = tlsCert === null ? "http" : "https";
  const { urls, isOpen } = addressesAt(host, Number(new URL(root).port), scheme);
  const [, ...others] = urls;
  const url = `${root}${basePath}`;
  print(`Merpati listens on ${url} (API at ${url}/docs)`);
  for (const other of others) print(`              and on ${other}${basePath}`);
  if (isOpen && tlsCert === null)
    print(
      "It is plain HTTP and open to the network: keys and messages can be read on the way. " +
        "Put a proxy with TLS in front, or set HOST=127.0.0.1 to keep it on this machine.",
    );
  if (newFolder !== null)
    print(`A new bot begins in ${newFolder}. Is yours elsewhere? Stop this one and start it there.`);
  if (newKey === null) return;
  print(`Your API key, shown this once: ${newKey}`);
  print(`Open ${url} in a browser and sign in with it.`);
}
