import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command, OptionValues } from "@commander-js/extra-typings";
import { readRunningFile } from "../../composition/running-file.ts";
import { type Config, loadConfig } from "../../config/config.ts";
import { isLoopback } from "../../core/base/loopback.ts";
import { Failure } from "../../core/base/failure.ts";
import { secretFrom } from "./secret-file.ts";

/** Which bot is meant; without options the one that runs in this folder. */
export interface WhichBot {
  url?: string | undefined;
  /** A file with a key, "-" is standard input. */
  keyFile?: string | undefined;
  /** Whose devices are meant; the admin may act for every tenant. */
  tenant?: string | undefined;
}

/** Adds the options of `WhichBot`. */
export const reaching = <Args extends unknown[], Opts extends OptionValues>(command: Command<Args, Opts>) =>
  command
    .option("--url <address>", "The bot's address; the one that runs in this folder when left out.")
    .option(
      "--key-file <file>",
      "A file with an API key for it, - is standard input. In the bot's folder none is needed.",
    );

/** The same, with `--tenant`. */
export const reachingTenant = <Args extends unknown[], Opts extends OptionValues>(command: Command<Args, Opts>) =>
  reaching(command).option("--tenant <id>", "Whose devices are meant; those of the tenant default when left out.");

/** A bot that runs, as somebody who may use it. */
export class RunningBot {
  readonly url: string;
  readonly #key: string | null;
  readonly #tenant: string | undefined;
  /** Of this folder, on this machine: its certificate is for the name that others call it by. */
  readonly #isOwn: boolean;

  private constructor(url: string, key: string | null, tenant: string | undefined, isOwn = false) {
    this.url = url.replace(/\/+$/, "");
    this.#key = key;
    this.#tenant = tenant;
    this.#isOwn = isOwn && isLoopback(new URL(url).hostname);
  }

  /** Throws `invalid` for a bad file, `unavailable` where no bot runs. */
  static find({ url, keyFile, tenant }: WhichBot): RunningBot {
    const config = loadConfig();
    const key = keyFile === undefined ? config.apiKey : secretFrom(keyFile, "--key-file");
    if (url !== undefined) return new RunningBot(url, key, tenant);
    const running = readRunningFile(config.sessionsDir);
    if (running) return new RunningBot(running.url, keyFile === undefined ? running.key : key, tenant, true);
    if (key === null) throw noBot(config);
    const host = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
    return new RunningBot(`http://${host}:${config.port}`, key, tenant);
  }

  async ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<{ data?: unknown }> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await this.#answer(path, { method, ...json, ...(signal && { signal }) });
    return (await response.json()) as { data?: unknown };
  }

  /** Writes what is answered to a new file, which is there as a whole or not at all. Throws `conflict`. */
  async download(path: string, file: string): Promise<void> {
    if (existsSync(file)) throw new Failure("conflict", `${file} exists already: name another file.`);
    const response = await this.#answer(path, { method: "GET" });
    const draft = `${file}.part`;
    try {
      writeFileSync(draft, "", { mode: 0o600 });
      const writer = Bun.file(draft).writer();
      for await (const chunk of response.body ?? []) {
        await writer.write(chunk);
        await writer.flush();
      }
      await writer.end();
      renameSync(draft, file);
    } catch (cause) {
      rmSync(draft, { force: true });
      throw new Failure("unavailable", `${file} was not written: the bot went away, or the disk refuses.`, { cause });
    }
  }

  /** A stream of events, once it has begun and until `signal` is aborted: the data of each. */
  async follow(path: string, signal: AbortSignal): Promise<AsyncGenerator<string, void>> {
    const asked = this.#answer(path, { method: "GET", signal }, { accept: "text/event-stream" });
    const response = await asked.catch((error: unknown) => {
      if (signal.aborted) return new Response();
      throw error;
    });
    return this.#events(response, signal);
  }

  async *#events({ body }: Response, signal: AbortSignal): AsyncGenerator<string, void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const chunk of body ?? []) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.startsWith("data: ")) yield line.slice("data: ".length);
      }
    } catch (error) {
      if (!signal.aborted) throw new Failure("unavailable", `The bot at ${this.url} went away.`, { cause: error });
    }
  }

  async #answer(path: string, options: RequestInit, more: Record<string, string> = {}): Promise<Response> {
    const key: Record<string, string> = this.#key === null ? {} : { "x-api-key": this.#key };
    const tenant: Record<string, string> = this.#tenant === undefined ? {} : { "x-tenant": this.#tenant };
    const headers = { "content-type": "application/json", ...key, ...tenant, ...more };
    const tls = this.#isOwn ? { tls: { rejectUnauthorized: false } } : {};
    const response = await fetch(`${this.url}${path}`, { ...options, ...tls, headers }).catch((error: unknown) => {
      throw new Failure("unavailable", `No bot answers at ${this.url}: start it, or name it with --url.`, {
        cause: error,
      });
    });
    if (response.ok) return response;
    const { error } = (await response.json().catch(() => ({}))) as { error?: string };
    if (response.status === 401)
      throw new Failure(
        "unauthorized",
        `${error ?? "A key is needed."} Run this in the bot's folder, or name a file with a key: --key-file.`,
      );
    throw new Failure("refused", error ?? `The bot at ${this.url} answered ${response.status}.`);
  }
}

const noBot = ({ sessionsDir }: Config): Failure =>
  new Failure(
    "unavailable",
    `No bot runs in ${resolve(sessionsDir)}: run this in its folder, start it, or name one with --url and --key-file.`,
  );
