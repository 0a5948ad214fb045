import { compose, type Running } from "../composition.ts";
import { loadConfig, warnings } from "../config.ts";
import { LogTail } from "../core/log-tail.ts";
import { makeLog } from "../log.ts";
import type { Command } from "./command.ts";
import { showLinking } from "./terminal.ts";

export const startCommand: Command = {
  usage: "",
  about: "Starts the bot; the default.",
  run: start,
};

/** Runs until SIGTERM or SIGINT. */
async function start(): Promise<void> {
  const config = loadConfig();
  const logs = new LogTail();
  const log = makeLog(config, { tail: logs });
  for (const warning of warnings(config)) log.warn({}, warning);
  const running = await compose(config, log, { logs });
  announce(running);
  showLinking(running.bot);
  const signal = await asked();
  log.info({ signal }, "stopping");
  await running.stop();
  // Baileys leaves timers behind that would keep a finished process for days.
  process.exit(0);
}

function announce({ url, newKey }: Running): void {
  const lines = [`Merpati listens on ${url} (API at ${url}/docs)`];
  if (newKey !== null) lines.push(`Your API key, shown this once: ${newKey}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Resolves when somebody wants the process to end; a second wish ends it at once. */
export function asked(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.once(name, () => {
        process.once(name, () => process.exit(1));
        resolve(name);
      });
    }
  });
}
