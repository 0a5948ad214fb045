import pino from "pino";
import type { Config } from "../config/config.ts";
import type { Log } from "../core/base/log.ts";
import { type LogTail, logLevels } from "../core/base/log-tail.ts";
import { FieldCleaner } from "./fields.ts";
import { LineOutput } from "./output.ts";

interface Outlets {
  /** Standard output, unless somebody else wants the lines. */
  out?: { write(line: string): unknown };
  /** Keeps the last of them. */
  tail?: LogTail;
}

type LogConfig = Pick<Config, "logLevel" | "apiKey" | "webhookSecret">;
type Fields = Record<string, unknown>;

/** A log whose level can change. */
export interface LeveledLog extends Log {
  /** From now on this is the least that is logged, and these stand in no line. */
  follow(config: LogConfig): void;
}

/** The log on standard output: for people on a terminal, JSON lines otherwise. It never throws. */
export function makeLog(config: LogConfig, { out = new LineOutput(1), tail }: Outlets = {}): LeveledLog {
  const secrets = secretsIn(config);
  const options = {
    // What is below the least is left out before it is cleaned.
    level: "debug",
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Errors are plain objects by then.
    serializers: { err: (err: unknown) => err },
    formatters: { level: (level: string) => ({ level }) },
  };
  const shown = out instanceof LineOutput && process.stdout.isTTY ? forPeople(out) : out;
  const write = (line: string): void => {
    shown.write(line);
    if (tail) keep(line, tail);
  };
  const level = { least: ranks[config.logLevel] };
  const clean = new CleanLog(pino(options, { write }), new FieldCleaner(secrets), level);
  const log: LeveledLog = Object.assign(clean, {
    follow(next: LogConfig) {
      level.least = ranks[next.logLevel];
      // Those before stay: they may be somebody's still.
      for (const secret of secretsIn(next)) if (!secrets.includes(secret)) secrets.push(secret);
    },
  });
  if (out instanceof LineOutput) {
    out.recovered = (lost) => log.warn({ lost }, "log lines were lost");
    if (tail) tail.output = out;
  }
  return log;
}

const ranks = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

const secretsIn = ({ apiKey, webhookSecret }: LogConfig): string[] =>
  [apiKey, webhookSecret].filter((secret) => secret !== null);

/** Formatted here: pino's transports need files that a compiled binary has not, its streams write as they please. */
function forPeople(out: LineOutput): { write(line: string): void } {
  // Read here: most bots write JSON.
  const { prettyFactory } = require("pino-pretty") as typeof import("pino-pretty");
  const format = prettyFactory({ colorize: true, translateTime: "SYS:HH:MM:ss" });
  return { write: (line) => out.write(format(line) ?? "") };
}

/** Cleans each field before pino sees it. Whatever goes wrong on the way costs the line and nothing else. */
class CleanLog implements Log {
  readonly #pino: pino.Logger;
  readonly #cleaner: FieldCleaner;
  /** One for all that come from one log. */
  readonly #level: { readonly least: number };

  constructor(logger: pino.Logger, cleaner: FieldCleaner, level: { readonly least: number }) {
    this.#pino = logger;
    this.#cleaner = cleaner;
    this.#level = level;
  }

  debug(fields: Fields, sentence: string): void {
    this.#write("debug", fields, sentence);
  }

  info(fields: Fields, sentence: string): void {
    this.#write("info", fields, sentence);
  }

  warn(fields: Fields, sentence: string): void {
    this.#write("warn", fields, sentence);
  }

  error(fields: Fields, sentence: string): void {
    this.#write("error", fields, sentence);
  }

  child(fields: Fields): Log {
    return new CleanLog(this.#pino.child(this.#cleaner.fields(fields)), this.#cleaner, this.#level);
  }

  #write(level: "debug" | "info" | "warn" | "error", fields: Fields, sentence: string): void {
    try {
      if (ranks[level] >= this.#level.least)
        this.#pino[level](this.#cleaner.fields(fields), this.#cleaner.text(sentence));
    } catch {
      // Whoever logs has something better to do than to hear of it.
    }
  }
}

/** Only what has been cleaned gets here. */
function keep(line: string, tail: LogTail): void {
  const { level: name, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const level = logLevels.find((each) => each === name) ?? "error";
  tail.add({ at: Date.parse(String(time)), level, message: typeof msg === "string" ? msg : "", fields }, line.length);
}
