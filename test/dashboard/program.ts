import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Child = Bun.Subprocess<"pipe", "pipe", "inherit">;

/** A program at work in a folder of its own. */
export class Program implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "merpati-program-"));
  #child: Child | null = null;
  #url = "";

  readonly #command: string[];
  readonly #environment: Record<string, string>;
  readonly #ready: RegExp;

  private constructor(command: string[], environment: Record<string, string>, ready: RegExp) {
    this.#command = command;
    this.#environment = environment;
    this.#ready = ready;
  }

  /** Resolves when it has said `ready`, whose first group is its address. */
  static async start(
    path: string,
    args: string[],
    environment: Record<string, string>,
    ready: RegExp,
  ): Promise<Program> {
    const program = new Program([path, ...args], environment, ready);
    await program.begin();
    return program;
  }

  get url(): string {
    return this.#url;
  }

  /** Where it was before, when it was killed. */
  async begin(): Promise<void> {
    const port = this.#url === "" ? "0" : new URL(this.#url).port;
    this.#child = Bun.spawn(this.#command, {
      cwd: this.folder,
      env: { HOST: "127.0.0.1", LOG_LEVEL: "error", ...this.#environment, PORT: port },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#url = await said(this.#child.stdout, this.#ready);
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGTERM");
    await this.#child?.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Reads what a program says until it is `ready`: the first group of that. */
export async function said(output: ReadableStream<Uint8Array>, ready: RegExp): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const reader = output.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the program ended; it said: ${text}`);
    text += decoder.decode(value, { stream: true });
    const [, found] = ready.exec(text) ?? [];
    if (found === undefined) continue;
    // The rest is read away, or the program would wait for us one day.
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return found;
  }
}
