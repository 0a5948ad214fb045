import { loadConfig } from "../../config/config.ts";
import { Failure } from "../../core/base/failure.ts";

/** The bot that runs with this configuration, or at `url`. */
export class RunningBot {
  readonly #url: string;
  readonly #key: string | null;

  constructor(url: string | undefined, key: string | undefined) {
    const config = loadConfig();
    const host = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
    this.#url = url ?? `http://${host}:${config.port}`;
    this.#key = key ?? config.apiKey;
  }

  async ask(method: string, path: string, body?: unknown): Promise<{ data?: unknown }> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await this.#answer(path, { method, ...json });
    return (await response.json()) as { data?: unknown };
  }

  /** A stream of events, once it has begun and until `signal` is aborted: the data of each. */
  async follow(path: string, signal: AbortSignal): Promise<AsyncGenerator<string, void>> {
    const response = await this.#answer(path, { method: "GET", signal });
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
      if (!signal.aborted) throw new Failure("unavailable", `The bot at ${this.#url} went away.`, { cause: error });
    }
  }

  async #answer(path: string, options: RequestInit): Promise<Response> {
    const headers = { "content-type": "application/json", ...(this.#key === null ? {} : { "x-api-key": this.#key }) };
    const response = await fetch(`${this.#url}${path}`, { ...options, headers }).catch((error: unknown) => {
      throw new Failure("unavailable", `No bot answers at ${this.#url}: start it, or name it with --url.`, {
        cause: error,
      });
    });
    if (response.ok) return response;
    const { error } = (await response.json()) as { error?: string };
    if (response.status === 401)
      throw new Failure(
        "unauthorized",
        `${error ?? "A key is needed."} Here it is named with --key=…, or set API_KEY.`,
      );
    throw new Failure("refused", error ?? `The bot at ${this.#url} answered ${response.status}.`);
  }
}
