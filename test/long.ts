import { join } from "node:path";

const bun = process.execPath;

/** What `check --long` runs after everything else: a name, and a command that fails when it should. */
export const LONG: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["500 kills in 60,000 messages", [bun, join(import.meta.dir, "../bench/crash.ts")]],
  ["figures against their bars", [bun, join(import.meta.dir, "../bench/run.ts"), "--bars"]],
  ["a busy WhatsApp, an hour of traffic", [bun, join(import.meta.dir, "sending", "busy-hour.ts")]],
  [
    "the same, as most bots are wired: it must lose",
    [bun, join(import.meta.dir, "sending", "busy-hour.ts"), "--control"],
  ],
  ["20,000 calls by chance against OpenAPI", [bun, join(import.meta.dir, "api", "fuzz", "fuzz.ts")]],
  ["a network whose only way out is a proxy", [bun, "test", "./test/net/namespace.ts"]],
  ["an update of the compiled program and back", [bun, join(import.meta.dir, "cli", "update-whole.ts")]],
  ["moving in from whatsmeow", [bun, join(import.meta.dir, "moving", "from-whatsmeow.ts")]],
  ["moving in from Baileys 6", [bun, join(import.meta.dir, "moving", "older.ts")]],
  ["clients that nobody here wrote", [bun, join(import.meta.dir, "clients", "run.ts")]],
];
