import { join } from "node:path";

const bun = process.execPath;

/** What `check --long` runs after everything else: a name, and a command that fails when it should. */
export const LONG: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["clients that nobody here wrote", [bun, join(import.meta.dir, "clients", "run.ts")]],
];
