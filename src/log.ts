import pino from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config.ts";
import type { Log } from "./core/log.ts";
import { type LogTail, logLevels } from "./core/log-tail.ts";

interface Outlets {
  /** Standard output, unless somebody else wants the lines. */
  out?: { write(line: string): unknown };
  /** Keeps the last of them. */
  tail?: LogTail;
}

/** The log on standard output: for people on a terminal, JSON lines otherwise. */
export function makeLog(
  { logLevel, apiKey, webhookSecret }: Config,
  { out = standardOutput(), tail }: Outlets = {},
): Log {
  const secrets = [apiKey, webhookSecret].filter((secret) => secret !== null);
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: named },
  };
  const write = (line: string) => {
    const clean = scrub(line, secrets);
    out.write(clean);
    if (tail) keep(clean, tail);
  };
  return pino(options, { write });
}

/** Streams, not pino's transports: those need files that a compiled binary has not. */
const standardOutput = () =>
  process.stdout.isTTY
    ? pretty({ colorize: true, translateTime: "SYS:HH:MM:ss", sync: true })
    : pino.destination({ dest: 1, sync: true });

const named = (level: string) => ({ level });

/** Only what has been scrubbed gets here. */
function keep(line: string, tail: LogTail): void {
  const { level: name, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const level = logLevels.find((each) => each === name) ?? "error";
  tail.add({ at: Date.parse(String(time)), level, message: typeof msg === "string" ? msg : "", fields }, line.length);
}

/** Takes keys, secrets, JIDs and phone numbers out of a finished line: the last net under everything that logs. */
export function scrub(line: string, secrets: readonly string[] = []): string {
  let clean = line;
  for (const secret of secrets) clean = clean.replaceAll(JSON.stringify(secret).slice(1, -1), "…");
  return clean
    .replace(/\b(mp|whsec)_[\w+/=-]{8,}/g, "$1_…")
    .replace(/\d{5,}(?:-\d+)?(?:[:_]\d+)*@(s\.whatsapp\.net|c\.us|lid|hosted|hosted\.lid|g\.us)/g, "…@$1")
    .replace(/"\+?\d{9,15}"/g, '"…"');
}
