import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How the command line reaches the bot that runs in a folder. Who may read the folder may do anything with the bot. */
export interface RunningFile {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Lets in as the operator, as long as this process runs. */
  readonly key: string;
  readonly pid: number;
}

const fileIn = (dir: string): string => join(dir, "running.json");

/** Writes `running.json`, readable by its owner only. */
function write(dir: string, running: RunningFile): void {
  const file = fileIn(dir);
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(running)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600); // when it was left behind by another run
  renameSync(draft, file);
}

/** After a crash it names a bot that runs no more: whoever uses it notices that nobody answers. Null when there is none. */
export function readRunningFile(dir: string): RunningFile | null {
  try {
    return JSON.parse(readFileSync(fileIn(dir), "utf8")) as RunningFile;
  } catch {
    return null;
  }
}

/** The file stands there while the server listens; one that another bot wrote meanwhile stays. */
export const localAccess = (dir: string, running: RunningFile): { start(): void; stop(): void } => ({
  start: () => write(dir, running),
  stop: () => {
    if (readRunningFile(dir)?.key === running.key) rmSync(fileIn(dir), { force: true });
  },
});
