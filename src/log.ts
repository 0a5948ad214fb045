import pino from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config.ts";
import type { Log } from "./core/log.ts";

/** The log on standard output: for people on a terminal, JSON lines otherwise. */
export function makeLog({ logLevel, apiKey, webhookSecret }: Config): Log {
  const secrets = [apiKey, webhookSecret].filter((secret) => secret !== null);
  // Streams, not pino's transports: those need files that a compiled binary has not.
  const out = process.stdout.isTTY
    ? pretty({ colorize: true, translateTime: "SYS:HH:MM:ss", sync: true })
    : pino.destination({ dest: 1, sync: true });
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: named },
  };
  return pino(options, { write: (line) => void out.write(scrub(line, secrets)) });
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
