import { existsSync } from "node:fs";
import { type EventType, eventTypes } from "../../core/model/events/events.ts";
import { Failure } from "../../core/base/failure.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import type { Store } from "../../core/ports/store.ts";
import { print } from "../base/command.ts";
import { Anonymizer } from "./anonymizer.ts";

interface WantedEvents {
  file: string;
  last: number;
  types?: string | undefined;
  device: string;
  asIs: boolean;
}

/**
 * `merpati plugin record <file.jsonl> [--last 20] [--types message.received] [--device default] [--as-is]`: the last
 * events of the log as a fixture, while the bot runs. People and groups get invented numbers and names, unless `--as-is`.
 */
export async function recordEvents(store: Store, wanted: WantedEvents): Promise<void> {
  const { file, last, device, asIs } = wanted;
  if (!file.endsWith(".jsonl"))
    throw new Failure("invalid", "merpati plugin record takes a file to write, e.g. plugins/orders.jsonl.");
  if (existsSync(file)) throw new Failure("conflict", `${file} exists already.`);
  const types = wanted.types?.split(",").map(eventType) ?? null;
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

function eventType(name: string): EventType {
  const known = eventTypes.find((type) => type === name.trim());
  if (known) return known;
  throw new Failure("invalid", `--types takes event types with commas, e.g. message.received; "${name}" is none.`);
}
