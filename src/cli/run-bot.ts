import { compose, type Running } from "../composition.ts";
import { type Config, warnings } from "../config.ts";
import { LogTail } from "../core/log-tail.ts";
import { makeLog } from "../log.ts";

/** Runs the bot until SIGTERM or SIGINT, or until `over`. Ends the process. */
export async function runBot(config: Config, ready: (running: Running) => void, over?: Promise<void>): Promise<never> {
  const logs = new LogTail();
  const log = makeLog(config, { tail: logs });
  for (const warning of warnings(config)) log.warn({}, warning);
  const running = await compose(config, log, { logs });
  ready(running);
  const reason = await Promise.race([asked(), ...(over ? [over] : [])]);
  log.info({ signal: reason ?? null }, "stopping");
  await running.stop();
  // Baileys leaves timers behind that would keep a finished process for days.
  process.exit(0);
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
