import { type LogLevel, logLevels } from "../core/base/log-tail.ts";
import { Failure } from "../core/base/failure.ts";
import { command, print, printable, wholeNumber } from "./base/command.ts";
import { stopRequested } from "./base/run-bot.ts";
import { reaching, RunningBot } from "./base/running-bot.ts";

interface ShownLine {
  timestamp: string;
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

export const logsCommand = () =>
  reaching(
    command("logs", "Prints the last lines of the running bot's log, without numbers and texts.")
      .option("-f, --follow", "Goes on with those to come, until Ctrl-C.", false)
      .option("--level <level>", `The least that is wanted: ${logLevels.join(", ")}.`, level, "info" as LogLevel)
      .option("--lines <n>", "How many of the last.", wholeNumber("--lines", 1, 500), 50),
  ).action(async ({ follow, level: least, lines, ...which }) => {
    const bot = RunningBot.find(which);
    const over = new AbortController();
    stopRequested().then(
      () => over.abort(),
      () => {},
    );
    const { data, cursor } = (await bot.ask("GET", `/v1/admin/logs?level=${least}&limit=${lines}`)) as {
      data: ShownLine[];
      cursor: string;
    };
    for (const line of data) print(shown(line));
    if (!follow) return;
    const coming = await bot.follow(`/v1/admin/logs?level=${least}&after=${encodeURIComponent(cursor)}`, over.signal);
    for await (const line of coming) print(shown(JSON.parse(line) as ShownLine));
  });

function level(text: string): LogLevel {
  const found = logLevels.find((each) => each === text);
  if (found) return found;
  throw new Failure("invalid", `--level takes one of ${logLevels.join(", ")}, not "${text}".`);
}

/** `2026-12-01 08:15:02 WARN  the phone logged out  device=shop` */
function shown({ timestamp, level: name, message, fields }: ShownLine): string {
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${worded(value)}`);
  const when = timestamp.slice(0, 19).replace("T", " ");
  return printable([`${when} ${name.toUpperCase().padEnd(5)} ${message}`, ...rest].join("  "));
}

const worded = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
