/**
 * Inbound messages: raw Baileys, which may use both cores and keeps nothing, against the whole bot with everything durable,
 * until the last receipt, until a webhook receiver and until a plugin has all of them. Three shapes: strangers, whose
 * messages are all first ones of a session; contacts whom the bot answered; few messages, evenly. Medians of rounds in which
 * the subjects take turns. `bun bench/inbound.ts [messages] [contacts] [rounds]`
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Child } from "./child.ts";
import { besideFirst, measured, medians, merpati, type Prepare, raw, type Subject } from "./subject.ts";
import { round, type Row, show } from "./table.ts";

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

/** The control that posts each message at once. */
const posted = (subject: Subject): Subject => ({
  ...subject,
  what: `${subject.what}, posting`,
  env: (where) => ({ ...subject.env(where), RAW_POST: where.webhook }),
});

/** Messages before the measured ones: code is compiled, and caches are filled. */
const warm = 4_000;
/** Messages a second of the third shape, and for how long, seconds. */
const rates = [20, 100];
const pacedSeconds = 10;

type Until = "receipted" | "delivered" | "counted";

interface Load {
  messages: number;
  contacts: number;
}

/** Messages that wait to be let go, the contacts having been answered or not. */
function drafted({ messages, contacts }: Load, isAnswered: boolean): Prepare {
  return async (world, client) => {
    if (isAnswered) {
      const numbers = await world.call<string[]>("contacts", contacts);
      await world.call("expect", contacts);
      await client.call("send", { numbers, count: contacts });
      await world.call("taken");
    }
    return world.call<number>("prepare", { messages, contacts });
  };
}

function run(subject: Subject, until: Until, load: Load, isAnswered = false): Promise<Row> {
  const warmUp: Prepare = async (world) => {
    const count = await world.call<number>("prepare", { ...load, messages: warm, name: "warm" });
    await world.call<number>("receipted");
    return count;
  };
  return measured(subject, drafted(load, isAnswered), (world: Child) => world.call<number>(until), warmUp);
}

/** The frame to the receiver, at so many a second. */
async function paced(subject: Subject, rate: number, contacts: number): Promise<Row[]> {
  const messages = rate * pacedSeconds;
  let sorted: number[] = [];
  const row = await measured(
    subject,
    async () => messages,
    async (world) => {
      sorted = await world.call<number[]>("latencies", { messages, rate, contacts });
      return pacedSeconds * 1000;
    },
  );
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? 0, 1);
  const what = `${subject.what}, ${rate} a second`;
  return [
    { ...row, what: `${what}, p50`, value: at(0.5), unit: "ms" },
    { what: `${what}, p99`, value: at(0.99), unit: "ms" },
  ];
}

/** Each subject once in each shape. */
async function turn({ folder, load }: { folder: string; load: Load }): Promise<Row[][]> {
  const posting = posted(raw("memory"));
  const strangers = [
    await run(raw("memory"), "receipted", load),
    await run(raw("sqlite"), "receipted", load),
    await run(posting, "delivered", load),
    await run(merpati("to the receipt"), "receipted", load),
    await run(merpati("to the webhook"), "delivered", load),
    await run(plugged(folder), "counted", load),
  ];
  const answered = [
    await run(raw("memory"), "receipted", load, true),
    await run(merpati("to the receipt"), "receipted", load, true),
    await run(merpati("to the webhook"), "delivered", load, true),
  ].map((row) => ({ ...row, what: `${row.what}, answered` }));
  const slow: Row[][] = [];
  for (const rate of rates) {
    const control = await paced(posting, rate, load.contacts);
    const ours = await paced(merpati("to the webhook"), rate, load.contacts);
    for (const [place, row] of control.entries()) slow.push([row, ours[place] ?? row]);
  }
  return [strangers, answered, ...slow];
}

export async function inbound(messages = 40_000, contacts = 100, rounds = 5): Promise<Row[]> {
  const folder = mkdtempSync(join(import.meta.dir, "../.bench-"));
  writeFileSync(join(folder, "counter.ts"), counter(messages));
  try {
    const all: Row[][][] = [];
    for (let count = 0; count < rounds; count++) all.push(await turn({ folder, load: { messages, contacts } }));
    const groups = (all[0] ?? []).map((_, at) => besideFirst(medians(all.map((parts) => parts[at] ?? []))));
    return groups.flat().map((row) => ({ ...row, what: `inbound, ${row.what}` }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  show(await inbound(...process.argv.slice(2).map(Number)));
  process.exit(0);
}
