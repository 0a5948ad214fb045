import { expect, test } from "bun:test";
import { testBot } from "merpati/test";

test("users, replies and silence", async () => {
  await using bot = await testBot("../../plugins/ping.ts");
  const ann = bot.user("Ann");
  await ann.says("!ping");
  expect((await ann.expectReply("pong")).text).toBe("pong");
  await ann.says("ping");
  await ann.expectSilence();
  await ann.says("!ping");
  const talked: unknown = await ann.expectSilence().catch((thrown: Error) => thrown.message);
  expect(talked).toBe('expected silence, but Ann heard "pong"');
}, 40_000);

test("a wizard goes on after a restart, and time is wound by hand", async () => {
  await using bot = await testBot("../../plugins/reminders.ts", { language: "id" });
  const ann = bot.user("Ann");
  await ann.says("!remind");
  await ann.expectReply("Apa yang harus diingatkan?");
  await bot.restart();
  await ann.says("beli susu");
  await ann.expectReply("Berapa menit lagi?");
  await ann.says("90");
  await ann.expectReply(/90 menit/);
  await bot.wind("91m");
  await ann.expectReply("Pengingat: beli susu");
}, 40_000);

test("what a plugin hands over for later leaves when the clock is wound there", async () => {
  await using bot = await testBot("./fixtures/egg-timer.ts");
  const ann = bot.user("Ann");
  await ann.says("!boil 2");
  await ann.expectReply("The eggs are on.");
  await bot.wind("1h");
  await ann.expectSilence();
  await bot.wind("1h");
  await ann.expectReply("They are done.");
}, 40_000);

test("settings, groups and recorded events", async () => {
  const rules = [{ contains: "price", answer: "Hi {name}" }];
  await using bot = await testBot("../../plugins/auto-reply.ts", { settings: { rules, groups: true } });
  const [ann, bob] = [bot.user("Ann"), bot.user("Bob")];
  const team = await bot.group("Team", [ann, bob]);
  await ann.says("the price?", { in: team });
  await bob.expectReply("Hi Ann");
  await bot.replay("./fixtures/prices.jsonl");
  await bot.user("Person 1").expectReply("Hi Person 1");
  await bot.user("Person 2").expectReply("Hi Person 2");
  const [event] = Bun.JSONL.parse(await Bun.file(`${import.meta.dir}/fixtures/prices.jsonl`).text()) as [object];
  await bot.replay(event);
  await bot.user("Person 1").expectSilence();
  const wrong = await bot.replay({ type: "message.received" }).catch((thrown: Error) => thrown.message);
  expect(wrong).toContain("is no event");
}, 40_000);
