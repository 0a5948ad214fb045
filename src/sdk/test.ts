/**
 * The test kit: `import { testBot } from "merpati/test"`. It starts the whole bot with your plugin against a simulated
 * WhatsApp, in a process of its own, and lets people write to it. It needs nothing but Bun and the bot.
 */

import { callersFolder, errorHere } from "./caller.ts";
import { TestUser, type UserOptions } from "./test-user.ts";

export { type BotMessage, type Place, TestUser, type UserOptions } from "./test-user.ts";

export interface TestBotOptions {
  /** Settings of the plugin. */
  settings?: Record<string, unknown>;
  /** What commands begin with. Default `!`. */
  prefix?: string;
  language?: string;
  /** Who is an owner, or an administrator of the bot: names, as `user` takes them, or phone numbers in digits. */
  owners?: readonly string[];
  admins?: readonly string[];
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
    Bun.spawn([...(await botCommand()), "plugin", "workbench"], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
      env: { ...process.env, BUN_BE_BUN: undefined },
    }),
  );
  await bot.ask("open", { file, ...options });
  return bot;
}

/** How the bot is started: `merpati plugin test` says so; else it is this repository's. */
async function botCommand(): Promise<string[]> {
  const told = process.env["MERPATI_TEST_BOT"];
  if (told) return JSON.parse(told) as string[];
  const main = new URL("../main.ts", import.meta.url).pathname;
  if (await Bun.file(main).exists()) return [process.execPath, main];
  throw new Error("There is no bot to test with: run the tests by `merpati plugin test`.");
}

export class TestBot implements AsyncDisposable {
  #last = 0;
  readonly #users = new Map<string, TestUser>();
  #open = new Map<number, { resolve: (value: never) => void; reject: (why: Error) => void }>();

  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">) {
    this.#child = child;
    void this.#listen();
  }

  /** Somebody with a phone. The same name is the same person, and keeps the number it first had. */
  user(name: string, options: UserOptions = {}): TestUser {
    const known = this.#users.get(name);
    if (known && (options.phone === undefined || options.phone === known.phone)) return known;
    if (known) throw new Error(`${name} has the number ${known.phone} already`);
    const user = new TestUser((verb, args) => this.ask(verb, args), name, options);
    this.#users.set(name, user);
    return user;
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
    const failure = errorHere();
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
