import { compose, type Running } from "../composition.ts";
import { loadConfig, warnings } from "../config.ts";
import { asFailure } from "../core/failure.ts";
import { makeLog } from "../log.ts";
import { showLinking } from "./terminal.ts";

/** `merpati start`: the bot, until SIGTERM or SIGINT. Returns the exit code. */
export async function start(): Promise<number> {
  const config = loadConfig();
  const log = makeLog(config);
  for (const warning of warnings(config)) log.warn({}, warning);
  const running = await compose(config, log);
  announce(running);
  showLinking(running.bot);
  const signal = await asked();
  log.info({ signal }, "stopping");
  await running.stop();
  return 0;
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

/** What a failed start says: one sentence, no stack. */
export function lastWords(error: unknown): string {
  return asFailure(error).message;
}
