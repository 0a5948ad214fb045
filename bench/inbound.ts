/**
 * Inbound messages a second: raw Baileys, which may use both cores and keeps nothing, against the whole bot with
 * everything durable, until the last receipt, until a webhook receiver and until a plugin has all of them.
 * `bun bench/inbound.ts [messages] [contacts]`
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Child } from "./child.ts";
import { besideFirst, measured, merpati, raw, type Subject } from "./subject.ts";
import { type Row, show } from "./table.ts";

/** Counts what it hears and says when it has heard all. */
const counter = (messages: number) => `
import { plugin, t } from "merpati";
export default plugin({
  name: "counter",
  config: { url: t.string({ default: "" }) },
  permissions: ["net:127.0.0.1"],
  setup({ on, fetch, config }) {
    let heard = 0;
    on("message.received", async ({ event: { data } }) => {
      if (!data.content.text?.startsWith("message ") || ++heard < ${messages}) return;
      await fetch(config.url, { method: "POST", body: JSON.stringify({ type: "counted" }) });
    });
  },
});
`;

/** The bot with that plugin instead of a webhook. */
function plugged(folder: string): Subject {
  const subject = merpati("to the plugin", { PLUGINS_DIR: folder });
  return {
    ...subject,
    env: (where) => ({ ...subject.env(where), WEBHOOK_URL: "", PLUGIN_COUNTER_URL: where.webhook }),
  };
}

export async function inbound(messages = 10_000, contacts = 100): Promise<Row[]> {
  const folder = mkdtempSync(join(import.meta.dir, "../.bench-"));
  writeFileSync(join(folder, "counter.ts"), counter(messages));
  const run = (subject: Subject, until: "receipted" | "delivered" | "counted") =>
    measured(
      subject,
      (world) => world.call<number>("prepare", { messages, contacts }),
      (world: Child) => world.call<number>(until),
    );
  try {
    const rows = [
      await run(raw("memory"), "receipted"),
      await run(raw("sqlite"), "receipted"),
      await run(merpati("to the receipt"), "receipted"),
      await run(merpati("to the webhook"), "delivered"),
      await run(plugged(folder), "counted"),
    ];
    return besideFirst(rows).map((row) => ({ ...row, what: `inbound, ${row.what}` }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  show(await inbound(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
