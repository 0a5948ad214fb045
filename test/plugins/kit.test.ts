import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testBot } from "merpati/test";
import { picture } from "../files.ts";

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

test("what failed is offered again before anybody is believed to be silent", async () => {
  await using bot = await testBot("./fixtures/stubborn.ts");
  const ann = bot.user("Ann");
  await ann.says("!ask");
  const talked: unknown = await ann.expectSilence().catch((thrown: Error) => thrown.message);
  expect(talked).toBe('expected silence, but Ann heard "At last."');
}, 40_000);

test("a wizard goes on after a restart, and time is wound by hand", async () => {
  await using bot = await testBot("../../plugins/reminders.ts", { language: "id" });
  const ann = bot.user("Ann");
  await ann.says("!remind");
  await ann.expectReply("Apa yang harus diingatkan?");
  await bot.restart();
  await ann.says("beli susu");
  await ann.expectReply(/^Berapa lama lagi/);
  await ann.says("90");
  await ann.expectReply(/dalam 90m/);
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
  const rules = [{ when: "price", answer: "Hi {name}" }];
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

test("files, kinds, owners, and the bot's own address", async () => {
  await using bot = await testBot("../../plugins/sticker.ts");
  const ann = bot.user("Ann");
  await ann.sends(await picture(), { mime: "image/png", caption: "!sticker" });
  expect((await ann.expectReply({ kind: "sticker" })).kind).toBe("sticker");
  expect((await fetch(`${await bot.url()}/plugins/sticker/nothing`)).status).toBe(404);

  await using other = await testBot("../../plugins/admin.ts", { owners: ["Olga"] });
  await other.user("Ann").says("!plugins");
  await other.user("Ann").expectReply("Only the owner may do that.");
  await other.user("Olga").says("!plugins");
  await other.user("Olga").expectReply(/\*admin\*/);
}, 40_000);

test("people have numbers, and react, vote, quote, edit, delete, join, leave and send places", async () => {
  await using bot = await testBot("./fixtures/sociable.ts");
  const ann = bot.user("Ann");
  const boss = bot.user("Boss", { phone: "628123456789" });
  await ann.says("!boss");
  await boss.expectReply(`${ann.phone} calls`);
  await ann.says("!ask");
  const poll = await ann.expectReply({ kind: "poll" });
  await ann.votes(["Sate"], poll);
  await ann.expectReply("voted Sate");
  await ann.reacts("👍", poll);
  await ann.expectReply("reacted 👍");
  await ann.says("why?", { quote: poll });
  await ann.expectReply("quoted poll");
  await ann.edits("why, then?");
  await ann.expectReply("edited text");
  await ann.deletes();
  await ann.expectReply("deleted text");
  await ann.sendsPlace({ latitude: -6.2, longitude: 106.8, name: "Monas" });
  await ann.expectReply("Monas -6.2");
  const team = await bot.group("Team", [ann]);
  const bob = bot.user("Bob");
  await bob.joins(team);
  await bob.expectReply("add 1");
  await bob.sendsPlace({ latitude: 1, longitude: 2, name: "Here" }, { in: team });
  await bob.expectReply("Here 1");
  await bob.leaves(team);
  await ann.expectReply("remove 1");
  await bob.expectSilence();
}, 40_000);

test("what a person cannot do is said at the line of the test", async () => {
  await using bot = await testBot("./fixtures/sociable.ts");
  const ann = bot.user("Ann");
  const said = (act: Promise<unknown>) => act.catch((thrown: Error) => thrown);
  await ann.says("!ask");
  const poll = await ann.expectReply({ kind: "poll" });
  const wrong = (await said(ann.votes(["Soup"], poll))) as Error;
  expect(wrong.message).toBe('the poll has no option "Soup"; there are: Soto, Sate');
  expect(wrong.stack?.split("\n")[1]).toContain(import.meta.path);
  expect(await said(bot.user("Bob").reacts("👍", poll))).toMatchObject({
    message: "Bob has heard no such message: it takes one that expectReply gave",
  });
  expect(await said(bot.user("Bob").deletes())).toMatchObject({ message: "Bob has said nothing yet" });
  expect(await said(ann.joins("1203@g.us"))).toMatchObject({ message: "there is no group 1203@g.us" });
  expect(() => bot.user("Ann", { phone: "628123456789" })).toThrow(`Ann has the number ${ann.phone} already`);
  expect(await said(bot.user("Eve", { phone: ann.phone }).says("hi"))).toMatchObject({
    message: `Ann has the number ${ann.phone} already`,
  });
  expect(await said(bot.user("Zoe", { phone: "0812" }).says("hi"))).toMatchObject({
    message: 'phone takes digits with country code, not "0812"',
  });
}, 40_000);

test("what fails in the plugin, and what it says, stands in the test's output", async () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-kit-"));
  await Bun.write(
    join(folder, "it.ts"),
    `export default { name: "it", setup({ command, log }) {
  command("x", () => { log.info("here I am"); console.log("and here"); null.foo(); });
} };`,
  );
  const kit = JSON.stringify(join(import.meta.dir, "../../src/sdk/test.ts"));
  await Bun.write(
    join(folder, "it.test.ts"),
    `import { test } from "bun:test"; import { testBot } from ${kit};
test("x", async () => { await using bot = await testBot("./it.ts"); await bot.user("Ann").says("!x"); }, 20_000);`,
  );
  const run = Bun.spawn([process.execPath, "test"], { cwd: folder, stdout: "pipe", stderr: "pipe" });
  const [err] = await Promise.all([new Response(run.stderr).text(), run.exited]);
  expect(err).toContain("  it: here I am\n  it: and here\n");
  expect(err).toMatch(/✗ it: TypeError: null is not an object \(evaluating 'null\.foo'\) \(.*it\.ts:2\)/);
  rmSync(folder, { recursive: true });
}, 40_000);
