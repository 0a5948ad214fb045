import type { Administration } from "../core/access/administration.ts";
import { Failure } from "../core/base/failure.ts";
import { type Scope, scopes } from "../core/model/scopes.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { systemClock } from "../composition/system.ts";
import { loadConfig } from "../config/config.ts";
import { rotateKey } from "./seal.ts";
import { administer } from "./administer.ts";
import { commaList, command, print } from "./base/command.ts";

export function keyCommand() {
  const key = command("key", "Makes, lists and revokes API keys, and changes the key of a sealed data folder.");
  key
    .command("new")
    .description("Makes a key and shows it, once.")
    .option("--name <name>", "What people know it by.", "by hand")
    .option("--scopes <list>", `What it may do: some of ${scopes.join(",")}.`, commaList)
    .option("--admin", "It opens the administration too.", false)
    .option("--tenant <id>", "Whose key it is.", homeTenant)
    .option("--devices <list>", "The only devices that it sees; every one of the tenant when left out.", commaList)
    .option("--days <n>", "It expires after so many days; never when left out.", days)
    .action((wanted) => administer((administration, dir) => make(administration, wanted, dir)));
  key
    .command("list")
    .description("Every key, without the keys themselves.")
    .action(() => administer(list));
  key
    .command("revoke <id>")
    .description("Takes a key back, by the id that `key list` shows.")
    .action((id) => administer((administration) => revoke(administration, id)));
  key
    .command("rotate <file>")
    .description("Gives the sealed data folder another key: the one in the file, which is made when it is not there.")
    .action((file) => rotateKey(loadConfig(), file));
  return key;
}

interface WantedKey {
  name: string;
  scopes?: string[] | undefined;
  admin: boolean;
  tenant: string;
  devices?: string[] | undefined;
  days?: number | undefined;
}

async function make(administration: Administration, wanted: WantedKey, dir: string): Promise<void> {
  const { name, admin, tenant, devices = null } = wanted;
  if (wanted.scopes === undefined)
    throw new Failure("invalid", `--scopes is missing: what may the key do? It takes some of ${scopes.join(",")}.`);
  const { key, record } = await administration.createKey({
    tenant,
    name,
    scopes: [...wanted.scopes.map(scope), ...(admin ? (["admin"] as const) : [])],
    devices,
    expiresAt: wanted.days === undefined ? null : systemClock.now() + wanted.days * 86_400_000,
  });
  print(`${key}\n\nThat is the only time it is shown. Its id is ${record.id}. It opens the Merpati in ${dir}.`);
}

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

async function revoke(administration: Administration, id: string): Promise<void> {
  await administration.revokeKey(id);
  print(`Revoked ${id}.`);
}
