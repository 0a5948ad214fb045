/**
 * The test kit: `import { testBot } from "merpati/test"`. It starts the whole bot with your plugin against a simulated
 * WhatsApp, in a process of its own, and lets people write to it. It needs nothing but Bun and the bot.
 */

/** Where the bot is: `merpati plugin test` says so; else it is this repository's. */
const command = process.env["MERPATI"]
  ? [process.env["MERPATI"]]
  : [process.execPath, new URL("../main.ts", import.meta.url).pathname];
/** How long to wait for what should come, milliseconds. */
const patience = 10_000;

export interface TestBotOptions {
  /** Settings of the plugin. */
  settings?: Record<string, unknown>;
  /** What commands begin with. Default `!`. */
  prefix?: string;
  language?: string;
  /** Who is an owner, or an administrator of the bot: names, as `user` takes them. */
  owners?: readonly string[];
  admins?: readonly string[];
}

export interface BotMessage {
  /** The text or caption; null when there is none. */
  text: string | null;
  /** `text`, `image`, `sticker`, `reaction`, … */
  kind: string;
  /** The whole message, as WhatsApp's own protocol has it. */
  message: Record<string, unknown>;
}

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Starts the bot with one plugin. `await using bot = await testBot("./ping.ts")` stops it at the end. */
export async function testBot(plugin: string, options: TestBotOptions = {}): Promise<TestBot> {
  const file = Bun.resolveSync(plugin, callersFolder());
  const bot = new TestBot(
    Bun.spawn([...command, "plugin", "workbench"], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
      env: { ...process.env, BUN_BE_BUN: undefined },
    }),
  );
  await bot.ask("open", { file, ...options });
  return bot;
}

/** The folder of the test that calls. */
function callersFolder(): string {
  const lines = new Error().stack?.split("\n") ?? [];
  const line = lines.find((each) => !each.includes(import.meta.path) && /\.[jt]sx?:\d/.test(each)) ?? "";
  const [, file] = /\(?(\/[^\s()]+\.[cm]?[jt]sx?):\d+:\d+\)?/.exec(line) ?? [];
  return file ? file.replace(/\/[^/]*$/, "") : process.cwd();
}

export class TestBot implements AsyncDisposable {
  #last = 0;
  #open = new Map<number, { resolve: (value: never) => void; reject: (why: Error) => void }>();

  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">) {
    this.#child = child;
    void this.#listen();
  }

  /** Somebody with a phone. The same name is the same person. */
  user(name: string): TestUser {
    return new TestUser(this, name);
  }

  /** A group; its first member made it and is its admin. The bot is in it. */
  async group(name: string, members: readonly TestUser[]): Promise<string> {
    return this.ask("group", { name, members: members.map((member) => member.name) });
  }

  /** Lets time pass on the bot's clock: "90s", "10m", "2h", "1d". */
  async wind(time: `${number}${"s" | "m" | "h" | "d"}`): Promise<void> {
    const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[time.slice(-1)] ?? 0;
    await this.ask("wind", { ms: Number.parseFloat(time) * unit });
  }

  /**
   * Hands recorded events to the plugin, in order; rejects when it fails at one. A file (`merpati plugin record` makes
   * one) is found beside the test. Whoever wrote there is `user(<the name in the event>)` here, and hears the answers.
   */
  async replay(recorded: string | object | readonly object[]): Promise<void> {
    if (typeof recorded === "string")
      await this.ask("replay", { file: recorded.startsWith("/") ? recorded : `${callersFolder()}/${recorded}` });
    else await this.ask("replay", { events: Array.isArray(recorded) ? recorded : [recorded] });
  }

  /** Where the bot's HTTP server is: `${await bot.url()}/plugins/<name>/…`. */
  url(): Promise<string> {
    return this.ask("url", {});
  }

  /** Ends the process as a crash would and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.ask("restart", {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    void this.#child.stdin.end();
    await this.#child.exited;
  }

  /** @internal */
  ask<T = void>(verb: string, args: object): Promise<T> {
    const id = ++this.#last;
    // Made here, so that a failure points at the test's line.
    const failure = new Error("");
    return new Promise<T>((resolve, reject) => {
      this.#open.set(id, { resolve, reject: (why) => reject(Object.assign(failure, { message: why.message })) });
      void this.#child.stdin.write(`${JSON.stringify({ id, verb, ...args })}\n`);
      void this.#child.stdin.flush();
    });
  }

  async #listen(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout as unknown as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("{")) this.#answered(JSON.parse(line) as Answer);
    }
    for (const { reject } of this.#open.values()) reject(new Error("the bot ended"));
  }

  #answered({ id, value, error }: Answer): void {
    const waiting = this.#open.get(id);
    this.#open.delete(id);
    if (error === undefined) waiting?.resolve(value as never);
    else waiting?.reject(new Error(error));
  }
}

export class TestUser {
  readonly #bot: TestBot;

  constructor(
    bot: TestBot,
    readonly name: string,
  ) {
    this.#bot = bot;
  }

  /** Writes to the bot, or into a group. */
  async says(text: string, where: { in?: string } = {}): Promise<this> {
    await this.#bot.ask("says", { user: this.name, text, ...where });
    return this;
  }

  /** Sends a file: its path, found beside the test, or its bytes with their `mime`, e.g. `image/png`. */
  async sends(
    file: string | Uint8Array,
    { mime, caption, in: where }: { mime?: string; caption?: string; in?: string } = {},
  ): Promise<this> {
    const source =
      typeof file === "string" ? Bun.file(Bun.resolveSync(file, callersFolder())) : new Blob([Uint8Array.from(file)]);
    const base64 = Buffer.from(await source.bytes()).toString("base64");
    const type = mime ?? (source.type || "application/octet-stream");
    await this.#bot.ask("sends", { user: this.name, base64, mime: type, caption, in: where });
    return this;
  }

  /** The next message that fits, by its words or by its kind, comes within 10 s; rejects telling what came instead. */
  expectReply(expected: string | RegExp | { kind: string }): Promise<BotMessage> {
    const what =
      typeof expected === "string"
        ? { text: expected }
        : expected instanceof RegExp
          ? { pattern: expected.source, flags: expected.flags }
          : expected;
    return this.#bot.ask<BotMessage>("hears", { user: this.name, patience, ...what });
  }

  /** Everything said so far was handled, and nothing came that no `expectReply` took. */
  expectSilence(): Promise<void> {
    return this.#bot.ask("silence", { user: this.name });
  }
}
