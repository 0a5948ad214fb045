import type { Log } from "../core/base/log.ts";
import type { Service } from "../core/base/service.ts";

/**
 * Tells systemd how the bot is (sd_notify(3)): ready, alive, stopping. A part of nothing where no manager listens. By
 * systemd's own small program, since a socket of datagrams is not to be had from Bun.
 */
export function managedService(log: Log, environment: NodeJS.ProcessEnv = process.env): Service {
  const socket = environment["NOTIFY_SOCKET"];
  const program = Bun.which("systemd-notify");
  if (socket === undefined || program === null) return { start() {}, stop() {} };
  const tell = (...state: string[]): void => {
    const child = Bun.spawn([program, `--pid=${process.pid}`, ...state], {
      stdin: "ignore",
      stdout: "ignore",
      env: environment,
    });
    child.exited.catch((error: unknown) => log.warn({ err: error }, "systemd could not be told"));
  };
  // Half of what it waits, as its manual says; microseconds.
  const every = Number(environment["WATCHDOG_USEC"] ?? 0) / 2_000;
  let timer: Timer | undefined;
  return {
    start() {
      tell("--ready", "--status=Running");
      // A process that hangs tells nothing, and is restarted.
      if (every > 0) timer = setInterval(() => tell("WATCHDOG=1"), every);
      timer?.unref();
    },
    stop() {
      clearInterval(timer);
      tell("STOPPING=1");
    },
  };
}
