import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readRunningFile } from "../../composition/running-file.ts";
import { type Config, warnings } from "../../config/config.ts";
import { asFailure } from "../../core/base/failure.ts";
import { readManifests } from "../../plugins/lifecycle/manifests.ts";
import { isAlive } from "../base/alive.ts";
import { deviceReports } from "../base/device-trouble.ts";
import { RunningBot } from "../base/running-bot.ts";
import { amiss, type Finding, well } from "./finding.ts";
import { checkFolder, staleNote } from "./folder-check.ts";
import { checkNetwork } from "./network-check.ts";

/** Looks at everything that can be wrong with a bot and its machine. Changes nothing. */
export async function examine(config: Config): Promise<Finding[]> {
  const dir = resolve(config.sessionsDir);
  return [
    ...[...warnings(config)].map((sentence) => amiss(sentence)),
    ...checkFolder(dir),
    ...(await checkPlugins(config.pluginsDir)),
    ...(await checkRunning(dir)),
    ...(await checkNetwork(config)),
  ];
}

async function checkPlugins(dir: string): Promise<Finding[]> {
  if (!existsSync(dir)) return [];
  const broken = (await readManifests(dir)).filter(({ manifest }) => manifest === null);
  return broken.map(({ file, problem }) => amiss(`The plugin ${file} cannot be loaded: ${problem}`));
}

async function checkRunning(dir: string): Promise<Finding[]> {
  const running = readRunningFile(dir);
  if (running === null) return [well(`No bot runs in ${dir}.`)];
  try {
    await RunningBot.find({}).ask("GET", "/v1/admin/health");
  } catch (error) {
    return isAlive(running.pid) ? [amiss(asFailure(error).message)] : [staleNote(dir)];
  }
  const troubled = (await deviceReports({})).filter(({ trouble }) => trouble !== null);
  return [
    well(`A bot runs at ${running.url}.`),
    ...troubled.map(({ tenant, id, trouble }) => amiss(`${tenant}/${id}: ${trouble}`)),
  ];
}
