import { existsSync } from "node:fs";

/** Files that are started by name at run time, as workers: the bundler cannot see them. */
const workers = [
  "src/plugins/worker/worker.ts",
  "src/media/container-worker.ts",
  "src/media/remux-worker.ts",
  "src/media/voice-worker.ts",
  "src/media/sticker-worker.ts",
  "src/media/still-worker.ts",
  "src/server/json-worker.ts",
  "src/store/sqlite/checkpoint-worker.ts",
  "src/store/sqlite/integrity-worker.ts",
];

/** Where the program begins, and each of its threads; paths from the project's folder. */
export const entrypoints = (): string[] => ["src/main.ts", ...workers.filter((file) => existsSync(file))];

/**
 * Optional for those that ask for them, and not to be embedded: Bun.Image does the work of Baileys' four; colours, which the
 * package `debug` would have, are there only beside the tools of developers.
 */
export const external = ["sharp", "jimp", "link-preview-js", "audio-decode", "supports-color"];
