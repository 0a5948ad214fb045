import { compose, type Running } from "../composition.ts";
import { type Config, warnings } from "../config.ts";
import { LogTail } from "../core/log-tail.ts";
import { makeLog } from "../log.ts";

export interface Milestones {
  /** The server listens. */
  listening(server: Pick<Running, "url" | "newKey">): void;
  /** Devices are on their way to WhatsApp. */
  begun?(running: Running): void;
}

/** Runs the bot until SIGTERM or SIGINT, or until `over`. Ends the process. */
export async function runBot(config: Config, told: Milestones, over?: Promise<void>): Promise<never> {
  const logs = new LogTail();
  const log = makeLog(config, { tail: logs });
  for (const warning of warnings(config)) log.warn({}, warning);
  const running = await compose(config, log, { logs, listening: (server) => told.listening(server) });
  told.begun?.(running);
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
