import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { Failure } from "../../core/base/failure.ts";

/** How the bot's process stands. */
export interface BotState {
  running: boolean;
  /** Null while there is none. */
  pid: number | null;
  /** Milliseconds since 1970. */
  since: number;
  /** What ended the last one: a signal, or an exit code; null before the first end. */
  ended: string | null;
}

const command = Bun.isStandaloneExecutable
  ? [process.execPath]
  : [process.execPath, new URL("../../main.ts", import.meta.url).pathname];

/** The bot in a process of its own, as anybody would start it: so it can be killed, and looked at coming back. */
export class BotProcess {
  #child: Bun.Subprocess<"pipe", "pipe", "inherit"> | null = null;
  #url: string | null = null;
  #state: BotState = { running: false, pid: null, since: Date.now(), ended: null };
  readonly #listeners = new Set<(state: BotState) => void>();

  readonly #settings: Readonly<Record<string, string>>;
  readonly #hear: (line: string) => void;

  /** `hear` gets every line the bot writes. */
  constructor(settings: Readonly<Record<string, string>>, hear: (line: string) => void) {
    this.#settings = settings;
    this.#hear = hear;
  }

  get state(): BotState {
    return this.#state;
  }

  /** Where it listens; null while it does not. */
  get url(): string | null {
    return this.#url;
  }

  listen(hear: (state: BotState) => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** Resolves when it listens. Harmless when it runs. */
  async start(): Promise<void> {
    if (this.#child) return;
    const child = Bun.spawn([...command, "sandbox", "bot"], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#child = child;
    const over = (): void => this.#over(child);
    child.exited.then(over, over);
    await child.stdin.write(`${JSON.stringify(this.#settings)}\n`);
    await child.stdin.flush();
    this.#url = await this.#ready(child);
    this.#become({ running: true, pid: child.pid });
  }

  /** As a power cut would: it gets no chance to tidy up. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    await child.stdin.end();
    await child.exited;
  }

  #ready(child: Bun.Subprocess<"pipe", "pipe", "inherit">): Promise<string> {
    const lines = createInterface({ input: Readable.fromWeb(child.stdout as never) });
    return new Promise((resolve, reject) => {
      lines.on("line", (line) => (/^http:\S+$/.test(line) ? resolve(line) : this.#hear(line)));
      const ended = (): void => reject(new Failure("unavailable", "The bot ended before it listened."));
      child.exited.then(ended, ended);
    });
  }

  #over(child: Bun.Subprocess): void {
    this.#child = null;
    this.#url = null;
    this.#become({ running: false, pid: null, ended: String(child.signalCode ?? child.exitCode) });
  }

  #become(change: Partial<BotState>): void {
    this.#state = { ...this.#state, ...change, since: Date.now() };
    for (const hear of this.#listeners) hear(this.#state);
  }
}
