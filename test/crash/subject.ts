import { fileURLToPath } from "node:url";

/** A process under test that is killed and started again on the same folder. */
export class Subject {
  #process: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  url = "";

  readonly #file: string;
  readonly #env: Record<string, string>;
  readonly #cwd: string;

  /** `file` beside this one, or a compiled binary's path. */
  constructor(file: string, env: Record<string, string>, cwd = process.cwd()) {
    this.#file = file;
    this.#env = env;
    this.#cwd = cwd;
  }

  /** Resolves when it listens. */
  async start(extra: Record<string, string> = {}): Promise<void> {
    const command = this.#file.endsWith(".ts")
      ? [process.execPath, fileURLToPath(new URL(this.#file, import.meta.url))]
      : [this.#file];
    const started = Bun.spawn(command, {
      env: { PATH: process.env["PATH"] ?? "", ...this.#env, ...extra },
      cwd: this.#cwd,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#process = started;
    const url = await listening(started);
    if (url !== null) this.url = url;
    // It may have been told to die this early.
    else if ((await started.exited) !== 137 && started.signalCode !== "SIGKILL") {
      throw new Error(`the process ended: ${await new Response(started.stderr).text()}`);
    }
  }

  async kill(): Promise<void> {
    this.#process?.kill(9);
    await this.#process?.exited;
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.#process?.kill("SIGTERM");
    const code = await this.#process?.exited;
    if (code !== 0) throw new Error(`the process ended with ${code} instead of 0`);
  }

  /** Resolves when it has died by itself. */
  async died(): Promise<void> {
    await this.#process?.exited;
  }

  get running(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }
}

/** Its URL once it says so, or null when it ends before. Reads on afterwards: a full pipe would stop the process. */
function listening({ stdout }: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<string | null> {
  return new Promise((resolve) => {
    void (async () => {
      const decoder = new TextDecoder();
      let seen = "";
      for await (const chunk of stdout) {
        if (seen.length < 10_000) seen += decoder.decode(chunk, { stream: true });
        const found = /listens on (\S+)/.exec(seen);
        if (found) resolve(found[1] ?? "");
      }
      resolve(null);
    })();
  });
}
