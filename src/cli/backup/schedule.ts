import { join } from "node:path";
import type { LiveSettings } from "../../config/live-settings.ts";
import { hour } from "../../core/base/durations.ts";
import type { Log } from "../../core/base/log.ts";
import type { Service } from "../../core/base/service.ts";
import { textFileIn } from "../../store/sqlite/text-file.ts";
import { ownCommand } from "../base/own-command.ts";

/** Timers hold less than 25 days: it looks this often whether one is due. */
const lookMs = 5 * 60_000;

/**
 * Makes a backup every BACKUP_EVERY_HOURS, in a process of its own: the bot waits for nothing. `told` hears why the last
 * one failed, or null.
 */
export function scheduledBackups(
  settings: Pick<LiveSettings, "config" | "environment">,
  log: Log,
  told: (problem: string | null) => void,
): Service {
  // When the last one was made: a bot that is started each day makes them too.
  const note = textFileIn(join(settings.config.sessionsDir, "last-backup"));
  let timer: Timer | undefined;
  let child: ReturnType<typeof started> | undefined;
  const look = async (): Promise<void> => {
    const every = settings.config.backupEveryHours * hour;
    // Whoever makes none has none that failed.
    if (every === 0) return told(null);
    if (child || Date.now() - Number((await note.read()) ?? 0) < every) return;
    child = started(settings.environment);
    const [said, exit] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    child = undefined;
    if (exit === 0) {
      await note.write(String(Date.now()));
      log.info({}, "a backup is made");
      return told(null);
    }
    const problem = said.trim().split("\n").at(-1) ?? "";
    log.error({ problem }, "the backup failed; it is tried again");
    told(problem);
  };
  const looked = () => void look().catch((error: unknown) => log.warn({ err: error }, "no backup could be begun"));
  return {
    start() {
      looked();
      timer = setInterval(looked, lookMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      child?.kill();
      await child?.exited;
    },
  };
}

const started = (env: LiveSettings["environment"]) =>
  Bun.spawn(ownCommand("backup", "create"), { env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
