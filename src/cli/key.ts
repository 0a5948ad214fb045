import { parseArgs } from "node:util";
import type { Administration } from "../core/access/administration.ts";
import { Failure } from "../core/base/failure.ts";
import { type Scope, scopes } from "../core/model/scopes.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { systemClock } from "../composition/system.ts";
import { administer } from "./administer.ts";
import { type Command, print } from "./base/command.ts";

const usage =
  "new --name=x --scopes=read,send,manage [--admin] [--tenant=t] [--devices=a,b] [--days=n] | list | revoke <id>";

export const keyCommand: Command = {
  usage,
  about: `Makes, lists and revokes API keys, of the tenant ${homeTenant} unless --tenant names another.`,
  run: ([verb, ...args]) =>
    administer(async (administration, dir) => {
      if (verb === "new") await make(administration, args, dir);
      else if (verb === "list") await list(administration);
      else if (verb === "revoke") await revoke(administration, args);
      else throw new Failure("invalid", `Usage: merpati key ${usage}`);
    }),
};

async function make(administration: Administration, args: string[], dir: string): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: "string", default: "by hand" },
      tenant: { type: "string", default: homeTenant },
      scopes: { type: "string" },
      admin: { type: "boolean", default: false },
      devices: { type: "string" },
      days: { type: "string" },
    },
  });
  if (values.scopes === undefined)
    throw new Failure("invalid", `--scopes is missing: what may the key do? It takes some of ${scopes.join(",")}.`);
  const { key, record } = await administration.createKey({
    tenant: values.tenant,
    name: values.name,
    scopes: [...parts(values.scopes).map(scope), ...(values.admin ? (["admin"] as const) : [])],
    devices: values.devices === undefined ? null : parts(values.devices),
    expiresAt: values.days === undefined ? null : systemClock.now() + days(values.days) * 86_400_000,
  });
  print(`${key}\n\nThat is the only time it is shown. Its id is ${record.id}. It opens the Merpati in ${dir}.`);
}

const parts = (text: string) => text.split(",").map((part) => part.trim());

function scope(name: string): Scope {
  const found = scopes.find((each) => each === name);
  if (found) return found;
  const hint = name === "admin" ? "; an admin key is asked for with --admin" : "";
  throw new Failure("invalid", `--scopes takes some of ${scopes.join(", ")}, not "${name}"${hint}.`);
}

function days(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Failure("invalid", `--days takes a whole number of days, not "${text}".`);
  return Number(text);
}

const day = (at: number | null, never = "") => (at === null ? never : new Date(at).toISOString().slice(0, 10));

async function list(administration: Administration): Promise<void> {
  for (const key of await administration.keys()) {
    const { prefix, devices, createdBy } = key;
    const shown = [key.id, `${prefix ?? "mp_?"}…`, key.name, key.tenant, key.scopes.join(",")];
    if (devices !== null) shown.push(`devices ${devices.join(",")}`);
    shown.push(`made ${day(key.createdAt)}${createdBy === null ? "" : ` by ${createdBy}`}`);
    shown.push(`used ${day(key.lastUsedAt, "never")}`);
    shown.push(key.revokedAt === null ? `expires ${day(key.expiresAt, "never")}` : `revoked ${day(key.revokedAt)}`);
    print(shown.join("  "));
  }
}

async function revoke(administration: Administration, [id]: string[]): Promise<void> {
  if (id === undefined)
    throw new Failure("invalid", "Usage: merpati key revoke <id>; `merpati key list` shows the ids.");
  await administration.revokeKey(id);
  print(`Revoked ${id}.`);
}
