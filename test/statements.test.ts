import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { saysText } from "./faults/heard.ts";
import { startBot, type TestBot } from "./harness.ts";

/** What the bot's database was asked since the count began, by its SQL. */
const asked = new Map<string, number>();
const prepare = Reflect.get<Database, "prepare">(Database.prototype, "prepare");
afterAll(() => void (Database.prototype.prepare = prepare));

/** Every statement that is run is counted; those of other databases are few. */
Database.prototype.prepare = function <Row, Params extends SQLQueryBindings | SQLQueryBindings[]>(
  this: Database,
  sql: string,
  params?: Params,
) {
  const statement = prepare.call(this, sql, params) as Statement<Row, SQLQueryBindings[]>;
  for (const name of ["run", "get", "all", "values"] as const) {
    const own = statement[name].bind(statement) as (...values: SQLQueryBindings[]) => never;
    statement[name] = (...values: SQLQueryBindings[]) => {
      asked.set(sql, (asked.get(sql) ?? 0) + 1);
      return own(...values);
    };
  }
  return statement as never;
};

const logSize = (bot: TestBot) => statSync(join(bot.folder, "merpati.sqlite-wal")).size;
const each = 200;

/** So many texts, until the receiver has all of them and WhatsApp every receipt. */
async function heard(bot: TestBot, name: string): Promise<void> {
  const texts = Array.from({ length: each }, (_, at) => `${name} ${at}`);
  await bot.contact().saysMany(texts, { to: bot.phone });
  await bot.receiver.next("message.received", saysText(texts.at(-1) ?? ""));
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
}

const everybody = Array.from({ length: 20 }, (_, at) => `6281230000${String(at).padStart(2, "0")}`);

/** So many texts to people, several at once, until WhatsApp has them and the receiver all that is told of them. */
async function said(bot: TestBot, name: string): Promise<void> {
  const told = () => bot.receiver.events.filter(({ type }) => type === "message.status").length;
  const before = told();
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let at = next++; at < each; at = next++) {
      const to = everybody[at % everybody.length] ?? "";
      await bot.device.outbox.send({ to, content: { kind: "text", text: `${name} ${at}` } });
    }
  };
  await Promise.all(Array.from({ length: 64 }, caller));
  await bot.receiver.until(() => told() >= before + each, "what became of all of them");
}

/** What a message cost, with one webhook. */
async function costOf(bot: TestBot, work: () => Promise<void>) {
  asked.clear();
  const before = logSize(bot);
  await work();
  const all = [...asked].sort(([, one], [, other]) => other - one);
  const commits = (asked.get("COMMIT") ?? 0) / each;
  const statements = all.reduce((sum, [, count]) => sum + count, 0) / each;
  return { statements, commits, kilobytes: (logSize(bot) - before) / each / 1024, most: all.slice(0, 12) };
}

type Cost = Awaited<ReturnType<typeof costOf>>;

function within(name: string, cost: Cost, most: Pick<Cost, "statements" | "commits" | "kilobytes">): void {
  const said = `${name}: ${JSON.stringify(cost, null, 1)}`;
  expect(cost.statements <= most.statements ? "" : said).toBe("");
  expect(cost.commits <= most.commits ? "" : said).toBe("");
  expect(cost.kilobytes <= most.kilobytes ? "" : said).toBe("");
}

test("a message that comes in costs at most 8 statements, and a burst shares its commits", async () => {
  await using bot = await startBot();
  await bot.link();
  await heard(bot, "warm");
  for (const name of ["from a stranger", "from one who was answered"]) {
    const cost = await costOf(bot, () => heard(bot, name));
    within(name, cost, { statements: 8, commits: 0.4, kilobytes: 12 });
    await bot.device.outbox.send({ to: bot.contact().number, content: { kind: "text", text: `answer to ${name}` } });
    await bot.next("message.status");
  }
}, 60_000);

test("a message that goes out costs at most 16 statements, and a burst shares its commits", async () => {
  await using bot = await startBot();
  await bot.link();
  for (const number of everybody) await (await bot.contact(number).says("hello", { to: bot.phone })).receipted();
  await said(bot, "warm");
  within("to people", await costOf(bot, () => said(bot, "text")), { statements: 16, commits: 0.4, kilobytes: 45 });
}, 60_000);
