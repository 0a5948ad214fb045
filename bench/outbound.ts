/**
 * Outbound messages a second with pacing off, from the first call until WhatsApp has taken the last: raw Baileys, which
 * answers "sent" when bytes are written, against the bot, which writes each down before it says yes and again when
 * WhatsApp has taken it. `bun bench/outbound.ts [messages] [contacts]`
 */
import type { Child } from "./child.ts";
import { besideFirst, measured, merpati, raw } from "./subject.ts";
import { type Row, show } from "./table.ts";

export async function outbound(messages = 5_000, contacts = 50): Promise<Row[]> {
  let numbers: string[] = [];
  const prepare = async (world: Child) => {
    numbers = await world.call<string[]>("contacts", contacts);
    return messages;
  };
  const send = async (world: Child, client: Child) => {
    const sent = async (count: number) => {
      await world.call("expect", count);
      await client.call("send", { numbers, count });
      await world.call("taken");
    };
    await sent(contacts); // sessions and device lists, once
    const start = performance.now();
    await sent(messages);
    return performance.now() - start;
  };
  const rows = [];
  for (const subject of [raw("memory"), raw("sqlite"), merpati("until WhatsApp took it")])
    rows.push(await measured(subject, prepare, send));
  return besideFirst(rows).map((row) => ({ ...row, what: `outbound, ${row.what}` }));
}

if (import.meta.main) {
  show(await outbound(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
