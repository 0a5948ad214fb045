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

/** What a message that came in cost, with one webhook. */
async function costOf(bot: TestBot, name: string) {
  asked.clear();
  const before = logSize(bot);
  await heard(bot, name);
  const all = [...asked].sort(([, one], [, other]) => other - one);
  const commits = (asked.get("COMMIT") ?? 0) / each;
  const statements = all.reduce((sum, [, count]) => sum + count, 0) / each;
  return { statements, commits, kilobytes: (logSize(bot) - before) / each / 1024, most: all.slice(0, 12) };
}

test("a message that comes in costs at most 8 statements, and a burst shares its commits", async () => {
  await using bot = await startBot();
  await bot.link();
  await heard(bot, "warm");
  for (const name of ["from a stranger", "from one who was answered"]) {
    const cost = await costOf(bot, name);
    const said = `${name}: ${JSON.stringify(cost, null, 1)}`;
    expect(cost.statements <= 8 ? "" : said).toBe("");
    expect(cost.commits <= 0.4 ? "" : said).toBe("");
    expect(cost.kilobytes <= 20 ? "" : said).toBe("");
    await bot.device.outbox.send({ to: bot.contact().number, content: { kind: "text", text: `answer to ${name}` } });
    await bot.next("message.status");
  }
}, 60_000);
