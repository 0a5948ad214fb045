import { parseArgs } from "node:util";
import { loadConfig } from "../config.ts";
import { Failure } from "../core/failure.ts";
import { hashKey, newKey } from "../core/keys.ts";
import { type KeyRecord, type Keys, type Scope, scopes } from "../core/store.ts";
import { openStore } from "../store/open.ts";
import { ids, systemClock } from "../system.ts";
import { type Command, print } from "./command.ts";

const usage = "new [--name=x] [--tenant=t] [--scopes=read,send,manage] [--days=n] | list | revoke <id>";

/** `merpati key …`: works beside a running bot, which notices within seconds. */
export const keyCommand: Command = {
  usage,
  about: "Makes, lists and revokes API keys; without --tenant an admin key.",
  async run([verb, ...args]) {
    const store = await openStore({
      dir: loadConfig().sessionsDir,
      clock: systemClock,
      targetsOf: () => [],
      exclusive: false,
    });
    try {
      if (verb === "new") await make(store.keys, args);
      else if (verb === "list") await list(store.keys);
      else if (verb === "revoke") await revoke(store.keys, args);
      else throw new Failure("invalid", `Usage: merpati key ${usage}`);
    } finally {
      await store.close();
    }
  },
};

async function make(keys: Keys, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: "string", default: "by hand" },
      tenant: { type: "string" },
      scopes: { type: "string", default: scopes.join(",") },
      days: { type: "string" },
    },
  });
  const key = newKey();
  const record: KeyRecord = {
    id: ids.message(),
    tenant: values.tenant ?? null,
    name: values.name,
    hash: hashKey(key),
    scopes: values.scopes.split(",").map(scope),
    createdAt: systemClock.now(),
    expiresAt: values.days === undefined ? null : systemClock.now() + days(values.days) * 86_400_000,
    revokedAt: null,
  };
  await keys.create(record);
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

async function list(keys: Keys): Promise<void> {
  for (const key of await keys.list()) {
    const state = key.revokedAt === null ? `expires ${day(key.expiresAt, "never")}` : `revoked ${day(key.revokedAt)}`;
    print([key.id, key.name, key.tenant ?? "admin", key.scopes.join(","), day(key.createdAt), state].join("  "));
  }
}

async function revoke(keys: Keys, [id]: string[]): Promise<void> {
  if (id === undefined)
    throw new Failure("invalid", "Usage: merpati key revoke <id>; `merpati key list` shows the ids.");
  if (!(await keys.revoke(id, systemClock.now()))) throw new Failure("not_found", `There is no key ${id} to revoke.`);
  print(`Revoked ${id}.`);
}
