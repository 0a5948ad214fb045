import { Child } from "./child.ts";
import { megabytes, round, type Row } from "./table.ts";

export interface Where {
  url: string;
  rootKey: string;
  webhook: string;
}

/** A client under measurement: the file that is it, and what it is told of the world. */
export interface Subject {
  what: string;
  file: string;
  env: (where: Where) => Record<string, string>;
}

/** Baileys as it comes, with a handler that does nothing. */
export const raw = (store: "memory" | "sqlite"): Subject => ({
  what: `raw Baileys, keys in ${store === "memory" ? "memory" : "SQLite"}`,
  file: "./raw.ts",
  env: ({ url }) => ({ RAW_URL: url, RAW_STORE: store }),
});

/** The whole bot as it starts by default, everything durable. */
export const merpati = (what: string, more: Record<string, string> = {}): Subject => ({
  what: `merpati, durable, ${what}`,
  file: "./merpati.ts",
  env: ({ url, rootKey, webhook }) => ({
    WHATSAPP_URL: url,
    WHATSAPP_ROOT_KEY: rootKey,
    WEBHOOK_URL: webhook,
    WEBHOOK_EVENTS: "message.received",
    OUTBOUND_ALLOW: "loopback",
    API_KEY: "a-key-for-the-bench-0123456789",
    HOST: "127.0.0.1",
    PORT: "0",
    SENDING: "off",
    LOG_LEVEL: "error",
    ...more,
  }),
});

interface Work {
  /** How many messages. */
  count: number;
  /** Does it all; resolves with the milliseconds it took. */
  run: (world: Child, client: Child) => Promise<number>;
}

/** Gets everything ready; resolves with how many messages there will be. */
export type Prepare = (world: Child, client: Child) => Promise<number>;

/** Links a client to a world of its own and measures what it does there; `warmUp` is done before, and not measured. */
export async function measured(
  { what, file, env }: Subject,
  prepare: Prepare,
  run: Work["run"],
  warmUp?: Prepare,
): Promise<Row> {
  const world = new Child("./world.ts");
  const client = new Child(file, env(await world.call<Where>("where")));
  await world.call("scan", await client.call("qr"));
  await client.call("open");
  await warmUp?.(world, client);
  const count = await prepare(world, client);
  const before = await client.call<NodeJS.CpuUsage>("cpu");
  const ms = await run(world, client);
  const after = await client.call<NodeJS.CpuUsage>("cpu");
  const cpu = (after.user - before.user + after.system - before.system) / 1000 / count;
  const memory = megabytes(await client.call<number>("rss"));
  const problems = await world.call<string[]>("problems");
  if (problems.length > 0) throw new Error(`${what}: ${problems.slice(0, 3).join("; ")}`);
  await client.kill();
  await world.kill();
  return { what, value: round((count / ms) * 1000), unit: "/s", cpu: round(cpu, 3), memory };
}

/** Each figure's median over rounds of the same rows. */
export function medians(rounds: readonly (readonly Row[])[]): Row[] {
  const [first = []] = rounds;
  return first.map((row, at) => {
    const all = rounds.flatMap((rows) => rows[at] ?? []);
    const cpu = all.flatMap((each) => each.cpu ?? []);
    const memory = all.flatMap((each) => each.memory ?? []);
    return {
      ...row,
      value: median(all.map(({ value }) => value)),
      ...(cpu.length > 0 ? { cpu: median(cpu) } : {}),
      ...(memory.length > 0 ? { memory: median(memory) } : {}),
    };
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Each beside the first. */
export function besideFirst(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row, ratio: row.value / (rows[0]?.value ?? 1) }));
}
