import { existsSync } from "node:fs";
import { type EventType, eventTypes } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import type { Store } from "../../core/ports/store.ts";
import { print } from "../base/command.ts";
import { Anonymizer } from "./anonymizer.ts";
import { options } from "./options.ts";

const most = 10_000;

/**
 * `merpati plugin record <file.jsonl> [--last 20] [--types message.received] [--device default] [--as-is]`: the last
 * events of the log as a fixture, while the bot runs. People and groups get invented numbers and names, unless `--as-is`.
 */
export async function recordEvents(store: Store, args: readonly string[]): Promise<void> {
  const { file, last, types, device, asIs } = read(args);
  const page = await store.ledger.page({
    tenant: homeTenant,
    after: 0,
    types,
    devices: [device],
    limit: last,
    newest: true,
  });
  const mask = new Anonymizer();
  const events = page.events.map(({ event }) => (asIs ? event : mask.event(event)));
  if (events.length === 0) throw new Failure("not_found", `The log of the device "${device}" has no such events.`);
  await Bun.write(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const hint = asIs ? "Numbers and names are real." : "Numbers and names are invented.";
  print(`${file} has ${events.length} events. ${hint} Texts are as they were written: read it before you share it.`);
}

function read(args: readonly string[]) {
  const text = { type: "string" } as const;
  const known = { last: text, types: text, device: text, "as-is": { type: "boolean" } } as const;
  const { values, positionals } = options(args, known);
  const [file] = positionals;
  if (file === undefined || !file.endsWith(".jsonl"))
    throw new Failure("invalid", "merpati plugin record takes a file to write, e.g. plugins/orders.jsonl.");
  if (existsSync(file)) throw new Failure("conflict", `${file} exists already.`);
  const last = Number(values.last ?? 20);
  if (!Number.isInteger(last) || last < 1 || last > most)
    throw new Failure("invalid", `--last takes a whole number from 1 to ${most}, not "${values.last}".`);
  const types = values.types?.split(",").map(eventType) ?? null;
  return { file, last, types, device: values.device ?? "default", asIs: values["as-is"] ?? false };
}

function eventType(name: string): EventType {
  const known = eventTypes.find((type) => type === name.trim());
  if (known) return known;
  throw new Failure("invalid", `--types takes event types with commas, e.g. message.received; "${name}" is none.`);
}
