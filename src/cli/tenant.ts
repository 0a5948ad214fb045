import type { Administration } from "../core/access/administration.ts";
import { Failure } from "../core/base/failure.ts";
import { type ContentRule, contentRules } from "../core/model/lifetime.ts";
import { administer } from "./administer.ts";
import { proxyAddress } from "./base/proxy-address.ts";
import { command, print } from "./base/command.ts";

export function tenantCommand() {
  const tenant = command("tenant", "Makes, lists and removes tenants, and says how long they keep what they have.");
  tenant
    .command("new <id>")
    .description("Makes a tenant; the id takes letters, digits, _ and -.")
    .option("--name <name>", "What people know it by.")
    .option("--devices <n>", 'How many devices it may have, or "none" for no limit; 10 when left out.', limit)
    .action((id, wanted) => administer((administration) => make(administration, id, wanted)));
  tenant
    .command("proxy <id> <address>")
    .description(
      'The proxy that its devices leave by when they have none of their own: an address, "none", or - to read it from standard input.',
    )
    .action(async (id, given) => {
      const proxy = await proxyAddress(given);
      await administer(async (administration) => void (await administration.updateTenant(id, { proxy })));
      print(
        `The devices of the tenant ${id} leave by ${proxy === null ? "no proxy of the tenant" : "that proxy"} now.`,
      );
    });
  tenant
    .command("retention <id>")
    .description("Tells how long a tenant keeps what it has, and changes it.")
    .option("--events <days>", 'Days that events are kept, or "usual".', keptDays)
    .option("--history <days>", 'Days that chats and files are kept, or "usual".', keptDays)
    .option("--contents <rule>", `What becomes of texts and files: ${contentRules.join(" or ")}.`, contentRule)
    .action((id, wanted) => administer((administration) => retention(administration, id, wanted)));
  tenant
    .command("list")
    .description("Every tenant.")
    .action(() => administer(list));
  tenant
    .command("remove <id>")
    .description("Removes a tenant that has no devices, with its keys.")
    .action((id) => administer((administration) => remove(administration, id)));
  return tenant;
}

interface WantedRetention {
  events?: number | null | undefined;
  history?: number | null | undefined;
  contents?: ContentRule | undefined;
}

async function retention(administration: Administration, id: string, wanted: WantedRetention): Promise<void> {
  const { events, history, contents } = wanted;
  const change = {
    ...(events !== undefined && { eventDays: events }),
    ...(history !== undefined && { historyDays: history }),
    ...(contents !== undefined && { contents }),
  };
  const isChange = Object.keys(change).length > 0;
  const kept = await (isChange ? administration.keepFor(id, change) : administration.retention(id));
  const days = (count: number | null) => (count === null ? "as long as usual" : `${count} days`);
  print(`Events: ${days(kept.eventDays)}. Chats and files: ${days(kept.historyDays)}.`);
  print(`Texts and files: ${kept.contents === "keep" ? "kept" : "dropped once they are delivered"}.`);
}

function keptDays(text: string): number | null {
  if (text === "usual") return null;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Failure("invalid", `--events and --history take a number of days or "usual", not "${text}".`);
}

function contentRule(text: string): ContentRule {
  const found = contentRules.find((rule) => rule === text);
  if (found) return found;
  throw new Failure("invalid", `--contents takes ${contentRules.join(" or ")}, not "${text}".`);
}

interface WantedTenant {
  name?: string | undefined;
  devices?: number | null | undefined;
}

async function make(administration: Administration, id: string, { name, devices }: WantedTenant): Promise<void> {
  const tenant = await administration.createTenant({
    id,
    ...(name !== undefined && { name }),
    ...(devices !== undefined && { deviceLimit: devices }),
  });
  print(`Made the tenant ${tenant.id}. A key for it: merpati key new --tenant=${tenant.id} --scopes=read,send,manage`);
}

function limit(text: string): number | null {
  if (text === "none") return null;
  if (!/^\d{1,6}$/.test(text))
    throw new Failure("invalid", `--devices takes a whole number, or "none" for no limit, not "${text}".`);
  return Number(text);
}

async function list(administration: Administration): Promise<void> {
  for (const { id, name, deviceLimit } of await administration.tenants())
    print([id, name, deviceLimit === null ? "no device limit" : `up to ${deviceLimit} devices`].join("  "));
}

async function remove(administration: Administration, id: string): Promise<void> {
  await administration.removeTenant(id);
  print(`Removed the tenant ${id} with its keys.`);
}
