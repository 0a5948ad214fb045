import { parseArgs } from "node:util";
import { loadConfig } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { type Command, print } from "./base/command.ts";

const usage = "new <id> [--label=x] | list | remove <id>, each with [--tenant=t] [--url=http://…] [--key=…]";

interface Listed {
  device_id: string;
  label: string | null;
  status: string;
  reason: string;
}

export const deviceCommand: Command = {
  usage,
  about: "Makes, lists and removes devices of the running bot; --key is the admin key, API_KEY when left out.",
  async run([verb = "", ...args]) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        tenant: { type: "string", default: homeTenant },
        label: { type: "string" },
        url: { type: "string" },
        key: { type: "string" },
      },
    });
    const [id = ""] = positionals;
    const bot = new RunningBot(values.url, values.key);
    const path = `/v1/admin/tenants/${encodeURIComponent(values.tenant)}/devices`;
    if (verb === "new") {
      await bot.ask("POST", path, { device_id: id, ...(values.label === undefined ? {} : { label: values.label }) });
      print(`Made the device ${id}.`);
    } else if (verb === "list") {
      const { data } = await bot.ask("GET", path);
      for (const each of data as Listed[])
        print([each.device_id, each.label ?? "", each.status, each.reason].join("  "));
    } else if (verb === "remove") {
      await bot.ask("DELETE", `${path}/${encodeURIComponent(id)}`);
      print(`Removed the device ${id} with its session.`);
    } else throw new Failure("invalid", `Usage: merpati device ${usage}`);
  },
};

/** The bot that runs with this configuration, or at `url`. */
class RunningBot {
  readonly #url: string;
  readonly #key: string | null;

  constructor(url: string | undefined, key: string | undefined) {
    const config = loadConfig();
    const host = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
    this.#url = url ?? `http://${host}:${config.port}`;
    this.#key = key ?? config.apiKey;
  }

  async ask(method: string, path: string, body?: unknown): Promise<{ data?: unknown }> {
    const headers = { "content-type": "application/json", ...(this.#key === null ? {} : { "x-api-key": this.#key }) };
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...json }).catch((error: unknown) => {
      throw new Failure("unavailable", `No bot answers at ${this.#url}: start it, or name it with --url.`, {
        cause: error,
      });
    });
    const said = (await response.json()) as { data?: unknown; error?: string };
    if (!response.ok)
      throw new Failure("refused", said.error ?? `The bot at ${this.#url} answered ${response.status}.`);
    return said;
  }
}
