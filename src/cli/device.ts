import { parseArgs } from "node:util";
import { Failure } from "../core/base/failure.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { type Command, print } from "./base/command.ts";
import { RunningBot } from "./base/running-bot.ts";

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
        print([each.device_id, (each.label ?? "").replaceAll(/\p{Cc}/gu, ""), each.status, each.reason].join("  "));
    } else if (verb === "remove") {
      await bot.ask("DELETE", `${path}/${encodeURIComponent(id)}`);
      print(`Removed the device ${id} with its session.`);
    } else throw new Failure("invalid", `Usage: merpati device ${usage}`);
  },
};
