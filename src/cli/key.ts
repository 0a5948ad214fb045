import { parseArgs } from "node:util";
import type { Administration } from "../core/access/administration.ts";
import { Failure } from "../core/base/failure.ts";
import { type Scope, scopes } from "../core/model/scopes.ts";
import { systemClock } from "../composition/system.ts";
import { administer } from "./administer.ts";
import { type Command, print } from "./base/command.ts";

const usage = "new [--name=x] [--tenant=t] [--scopes=read,send,manage] [--days=n] | list | revoke <id>";

export const keyCommand: Command = {
  usage,
  about: "Makes, lists and revokes API keys; without --tenant an admin key.",
  run: ([verb, ...args]) =>
    administer(async (administration) => {
      if (verb === "new") await make(administration, args);
      else if (verb === "list") await list(administration);
      else if (verb === "revoke") await revoke(administration, args);
      else throw new Failure("invalid", `Usage: merpati key ${usage}`);
    }),
};

async function make(administration: Administration, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: "string", default: "by hand" },
      tenant: { type: "string" },
      scopes: { type: "string", default: scopes.join(",") },
      days: { type: "string" },
    },
  });
  const { key, record } = await administration.createKey({
    tenant: values.tenant ?? null,
    name: values.name,
    scopes: values.scopes.split(",").map(scope),
    expiresAt: values.days === undefined ? null : systemClock.now() + days(values.days) * 86_400_000,
  });
  print(`${key}\n\nThat is the only time it is shown. Its id is ${record.id}.`);
}

function scope(name: string): Scope {
  const found = scopes.find((each) => each === name.trim());
  if (!found) throw new Failure("invalid", `--scopes takes some of ${scopes.join(", ")}, not "${name}".`);
  return found;
}

function days(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Failure("invalid", `--days takes a whole number of days, not "${text}".`);
  return Number(text);
}

const day = (at: number | null, never = "") => (at === null ? never : new Date(at).toISOString().slice(0, 10));

async function list(administration: Administration): Promise<void> {
  for (const key of await administration.keys()) {
    const state = key.revokedAt === null ? `expires ${day(key.expiresAt, "never")}` : `revoked ${day(key.revokedAt)}`;
    print([key.id, key.name, key.tenant ?? "admin", key.scopes.join(","), day(key.createdAt), state].join("  "));
  }
}

async function revoke(administration: Administration, [id]: string[]): Promise<void> {
  if (id === undefined)
    throw new Failure("invalid", "Usage: merpati key revoke <id>; `merpati key list` shows the ids.");
  await administration.revokeKey(id);
  print(`Revoked ${id}.`);
}
