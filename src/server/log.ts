import pino from "pino";
import pretty from "pino-pretty";
import type { Log } from "../core/log.ts";

export interface LogOptions {
  level: "debug" | "info" | "warn" | "error" | "silent";
  /** Words for people instead of JSON lines. */
  readable: boolean;
  /** Values that must never be seen, whatever somebody puts into a line. */
  secrets?: readonly (string | null)[];
}

/** The log on standard output. Streams, not pino's transports: those need files that a compiled binary has not. */
export function createLog({ level, readable, secrets = [] }: LogOptions): Log {
  const out = readable
    ? pretty({ colorize: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname", sync: true })
    : pino.destination({ dest: 1, sync: true });
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } };
  const hidden = secrets.filter((secret) => secret !== null && secret !== "") as string[];
  return pino(options, { write: (line) => void out.write(scrub(line, hidden)) });
}

const named = (level: string) => ({ level });

/** Takes keys, secrets, JIDs and phone numbers out of a finished line: the last net under everything that logs. */
export function scrub(line: string, secrets: readonly string[] = []): string {
  let clean = line;
  for (const secret of secrets) clean = clean.replaceAll(JSON.stringify(secret).slice(1, -1), "…");
  return clean
    .replace(/\b(mp|whsec)_[\w+/=-]{8,}/g, "$1_…")
    .replace(/\d{5,}(?:-\d+)?(?:[:_]\d+)*@(s\.whatsapp\.net|c\.us|lid|hosted|hosted\.lid|g\.us)/g, "…@$1")
    .replace(/"\+?\d{9,15}"/g, '"…"');
}
