import { Database, SQLiteError } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { breathe } from "../../src/core/base/breathe.ts";
import { startBot } from "../harness.ts";
import { saysText, textsOf } from "./heard.ts";
import { ToldClock } from "./told-clock.ts";

/**
 * Writes to the bot's database from outside. The bot lives in this process and commits at the end of a turn of the event
 * loop: to wait for its lock within one would wait for ever.
 */
async function disturb(db: Database, sql: string): Promise<void> {
  for (;;) {
    try {
      db.run(sql);
      return;
    } catch (error) {
      if (!(error instanceof SQLiteError) || error.code !== "SQLITE_BUSY") throw error;
      await breathe();
    }
  }
}

test("a disk that is full through reconnects acknowledges nothing", async () => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock, maxPages: 1_000 } });
  await bot.link();
  const ann = bot.contact();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  const other = new Database(join(bot.folder, "merpati.sqlite"));
  await disturb(other, "CREATE TABLE junk (x)");
  await disturb(other, "INSERT INTO junk VALUES (zeroblob(8 << 20))");
  const refusal = () => clock.until(() => bot.device.status().reason === "store_unavailable", "the store to be missed");
  await ann.saysMany(
    Array.from({ length: 20 }, (_, place) => `${place} ${"x".repeat(3_000)}`),
    { to: bot.phone },
  );
  await refusal();
  for (let round = 0; round < 3; round++) {
    await ann.says(`during ${round}`, { to: bot.phone });
    const again = clock.until(() => bot.device.status().phase === "starting", "another try");
    clock.wind(61_000);
    await again;
    await clock.until(() => bot.device.status().phase === "waiting", "the pause");
  }
  await disturb(other, "DROP TABLE junk");
  other.close();
  clock.wind(61_000);
  await bot.next("message.received", saysText("during 2"));
  const texts = textsOf(await bot.device.events(0, 1_000)).filter((text) => text.startsWith("during"));
  expect(texts).toEqual(["during 0", "during 1", "during 2"]);
  bot.sim.assertNoProblems();
});

test("a journal that cannot be read acknowledges nothing", async () => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock } });
  await bot.link();
  const ann = bot.contact();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  const other = new Database(join(bot.folder, "merpati.sqlite"));
  await disturb(other, "ALTER TABLE seen RENAME TO gone");
  const { id } = await ann.says("during", { to: bot.phone });
  await clock.until(() => bot.device.status().reason === "store_unavailable", "the store to be missed");
  expect(bot.sim.record.of(id)).toMatchObject([{ acks: [], receipts: [] }]);
  await disturb(other, "ALTER TABLE gone RENAME TO seen");
  other.close();
  clock.wind(61_000);
  await bot.next("message.received", saysText("during"));
});

test("the disk is full: nothing is claimed that is not written; there is room again: all comes, without a restart", async () => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock, maxPages: 1_000 } });
  await bot.link();
  const ann = bot.contact();
  await ann.says("before", { to: bot.phone });
  await bot.receiver.next("message.received", saysText("before"));
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);

  const other = new Database(join(bot.folder, "merpati.sqlite"));
  await disturb(other, "CREATE TABLE junk (x)");
  await disturb(other, "INSERT INTO junk VALUES (zeroblob(8 << 20))");
  const texts = Array.from({ length: 20 }, (_, place) => `${place} ${"x".repeat(3_000)}`);
  await ann.saysMany(texts, { to: bot.phone });
  await clock.until(() => bot.device.status().reason === "store_unavailable", "the store to be missed");
  const refused = await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "y".repeat(9_000) });
  expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([
    503,
    "The disk is full; nothing was written. Free some space and try again.",
  ]);
  expect((await bot.call("GET", "/v1/devices/default")).status).toBe(200);

  await disturb(other, "DROP TABLE junk");
  other.close();
  clock.wind(60_000);
  await bot.connected();
  await bot.next("message.received", saysText(texts.at(-1) ?? ""));
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  expect(textsOf(await bot.device.events(0, 1_000))).toEqual(["before", ...texts]);
  bot.sim.assertNoProblems();
});

test.each([
  ["a day ahead", 86_400_000],
  ["ten years ahead", 10 * 365 * 86_400_000],
  ["an hour back", -3_600_000],
  ["ten years back", -10 * 365 * 86_400_000],
])("the clock jumps %s: the line stays, messages come and go, a reconnect takes as long as ever", async (_, ms) => {
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { clock } });
  await bot.link();
  const ann = bot.contact();
  clock.jump(ms);
  await ann.says("after the jump", { to: bot.phone });
  await bot.receiver.next("message.received", saysText("after the jump"));
  await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "still here" });
  await ann.hears("still here");
  await bot.receiver.next("message.sent");
  const pause = clock.until(() => bot.device.status().phase === "waiting", "the pause");
  bot.sim.faults.cut();
  await pause;
  clock.wind(60_000);
  await bot.connected();
  await ann.says("and again", { to: bot.phone });
  // The log, not the receiver: winding ends the calls that were under way.
  await bot.next("message.received", saysText("and again"));
  bot.sim.assertNoProblems();
});
