import { parseArgs } from "node:util";
import type { Administration } from "../core/access/administration.ts";
import { Failure } from "../core/base/failure.ts";
import { administer } from "./administer.ts";
import { type Command, print } from "./base/command.ts";

const usage = "new <id> [--name=x] [--devices=n] | list | remove <id>";

export const tenantCommand: Command = {
  usage,
  about: "Makes, lists and removes tenants; --devices is how many they may have, 10 unless said.",
  run: ([verb, ...args]) =>
    administer(async (administration) => {
      if (verb === "new") await make(administration, args);
      else if (verb === "list") await list(administration);
      else if (verb === "remove") await remove(administration, args);
      else throw new Failure("invalid", `Usage: merpati tenant ${usage}`);
    }),
};

async function make(administration: Administration, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { name: { type: "string" }, devices: { type: "string" } },
  });
  const [id = ""] = positionals;
  const name = values.name === undefined ? {} : { name: values.name };
  const tenant = await administration.createTenant({ id, ...name, ...limit(values.devices) });
  print(`Made the tenant ${tenant.id}. A key for it: merpati key new --tenant=${tenant.id} --scopes=read,send,manage`);
}

function limit(text: string | undefined): { deviceLimit?: number | null } {
  if (text === undefined) return {};
  if (text === "none") return { deviceLimit: null };
  if (!/^\d{1,6}$/.test(text))
    throw new Failure("invalid", `--devices takes a whole number, or "none" for no limit, not "${text}".`);
  return { deviceLimit: Number(text) };
}

async function list(administration: Administration): Promise<void> {
  for (const { id, name, deviceLimit } of await administration.tenants())
    print([id, name, deviceLimit === null ? "no device limit" : `up to ${deviceLimit} devices`].join("  "));
}

async function remove(administration: Administration, [id = ""]: string[]): Promise<void> {
  await administration.removeTenant(id);
  print(`Removed the tenant ${id} with its keys.`);
}
