import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The compiled program at work in a folder of its own. */
export class Program implements AsyncDisposable {
  private constructor(
    private readonly child: Bun.Subprocess<"pipe", "pipe", "inherit">,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /** Resolves when it has said `ready`, whose first group is its address. */
  static async start(
    path: string,
    args: string[],
    environment: Record<string, string>,
    ready: RegExp,
  ): Promise<Program> {
    const folder = mkdtempSync(join(tmpdir(), "merpati-program-"));
    const child = Bun.spawn([path, ...args], {
      cwd: folder,
      env: { PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "error", ...environment },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    return new Program(child, folder, await said(child.stdout, ready));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.exited;
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
