import { compose, type Running } from "../../composition/composition.ts";
import { managedService } from "../../composition/service-manager.ts";
import { warnings } from "../../config/config.ts";
import type { LiveSettings } from "../../config/live-settings.ts";
import { inSequence, type Service } from "../../core/base/service.ts";
import type { Log } from "../../core/base/log.ts";
import { LogTail } from "../../core/base/log-tail.ts";
import { makeLog } from "../../log/log.ts";
import { HangUps } from "./hang-ups.ts";
import { LineOutput } from "../../log/output.ts";

export interface Milestones {
  /** The server listens. */
  listening(server: Pick<Running, "url" | "newKey">): void;
  /** Devices are on their way to WhatsApp. */
  begun?(running: Running, log: Log): Promise<void> | void;
  /** See `Stands.afterRestore`. */
  afterRestore?: ((dir: string) => void) | undefined;
  /** What runs as long as the bot does. */
  extras?(running: Running, log: Log): Service[];
}

/** How long a stop after an error that nobody caught may take, and how long the last lines of the log, milliseconds. */
const stopMs = 15_000;
const flushMs = 1_000;

/** Runs the bot until SIGTERM or SIGINT, until `over`, or until an error that nobody catches. Ends the process. */
export async function runBot(settings: LiveSettings, told: Milestones, over?: Promise<void>): Promise<never> {
  const { config } = settings;
  const logs = new LogTail();
  const output = new LineOutput(1);
  const log = makeLog(config, { out: output, tail: logs });
  settings.follow((next) => log.follow(next));
  // Who listens to us may leave, or the disk behind our output may fill up: neither is a reason to stop.
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error").on("error", () => {});
  const broken = uncaught(log);
  // Listened for from here on: whoever ends a bot that is still starting gets a stop in order too.
  const hangUps = new HangUps();
  const stop = Promise.race([stopRequested(), hangUps.terminalGone]);
  for (const warning of warnings(config)) log.warn({}, warning);
  const started = compose(config, log, {
    logs,
    settings,
    listening: (server) => told.listening(server),
    afterRestore: told.afterRestore,
  });
  const running = await Promise.race([started, broken]);
  if (running === "broken") return ended(output, 1);
  await told.begun?.(running, log);
  const manager = managedService(log);
  await manager.start();
  const beside = inSequence(told.extras?.(running, log) ?? []);
  await beside.start();
  hangUps.reloadWith(() => running.reload());
  const reason = await Promise.race([stop, broken, ...(over ? [over] : [])]);
  log.info({ signal: reason ?? null }, "stopping");
  if (reason === "broken") setTimeout(() => process.exit(1), stopMs);
  await manager.stop();
  await beside.stop();
  await running.stop();
  // Baileys leaves timers behind that would keep a finished process for days.
  return ended(output, reason === "broken" ? 1 : 0);
}

async function ended(output: LineOutput, code: number): Promise<never> {
  await output.flush(flushMs);
  process.exit(code);
}

/** Resolves at the first error that nobody caught: what state it left behind nobody knows, so the process must end. */
function uncaught(log: Log): Promise<"broken"> {
  return new Promise((resolve) => {
    for (const name of ["uncaughtException", "unhandledRejection"] as const)
      process.on(name, (thrown: unknown) => {
        const err = thrown instanceof Error ? thrown : new Error(typeof thrown === "string" ? thrown : typeof thrown);
        log.error({ err, kind: name }, "an error that nobody caught");
        resolve("broken");
      });
  });
}

/** Resolves when somebody wants the process to end; a second wish ends it at once. */
export function stopRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.once(name, () => {
        process.once(name, () => process.exit(1));
        resolve(name);
      });
    }
  });
}
