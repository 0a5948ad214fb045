import { afterAll, beforeAll, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { jpeg } from "./files.ts";
import { startBot, type TestBot } from "./harness.ts";
import { folder } from "./store/house.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const at = "/v1/devices/default";

/** Which of these words stand in the bot's files, as bytes; among the keys for WhatsApp only when asked. */
function traces(words: readonly string[], { keys = true } = {}): string[] {
  const media = join(bot.folder, "media");
  const files = existsSync(media) ? readdirSync(media, { recursive: true, withFileTypes: true }) : [];
  const paths = [
    ...(keys ? databaseFiles(bot.folder) : databaseFiles(withoutKeys())),
    ...files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name)),
  ];
  const all = Buffer.concat(paths.filter((path) => existsSync(path)).map((path) => readFileSync(path)));
  return words.filter((word) => all.includes(word));
}

const databaseFiles = (folder: string) => ["merpati.sqlite", "merpati.sqlite-wal"].map((name) => join(folder, name));

/** A copy of the database whose keys for WhatsApp are overwritten. */
function withoutKeys(): string {
  const dir = folder();
  for (const file of databaseFiles(bot.folder)) if (existsSync(file)) copyFileSync(file, join(dir, basename(file)));
  const db = new Database(join(dir, "merpati.sqlite"));
  db.run("PRAGMA secure_delete = ON");
  db.run("DELETE FROM signal_key");
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  return dir;
}

test("a person who is erased leaves no byte behind, and everybody else all of theirs", async () => {
  const ann = bot.contact("628123456789", "Annemarie");
  const bob = bot.contact("628777000111", "Bob");
  const group = bot.sim.group("Pigeons", [ann, bob, bot.phone]);
  const heard = async (said: { id: string }) => {
    await bot.next("message.received", ({ data }) => data.id === said.id);
    return said.id;
  };
  // What is owed goes too, even while it is on its way.
  const hanging = Promise.withResolvers<Response>();
  bot.receiver.answer = async () => (await hanging.promise).clone();
  const first = await ann.says("aubergine by number");
  await heard(first);
  await heard(await ann.says("artichoke by lid", { by: "lid" }));
  const edited = await ann.says("asparagus before");
  await heard(edited);
  await ann.edits(edited, "avocado after");
  await bot.next("message.edited", ({ data }) => data.target.id === edited.id);
  const deleted = await ann.says("apricot regretted");
  await heard(deleted);
  await ann.deletes(deleted);
  await bot.next("message.deleted", ({ data }) => data.target.id === deleted.id);
  const spoken = await ann.says("anchovy in the group", { to: group });
  const inGroup = await heard(spoken);
  await ann.reacts(first, "🍆");
  const file = await ann.sends({ kind: "image", bytes: Buffer.concat([await jpeg(), Buffer.from("almond bytes")]) });
  const picture = await bot.next("message.received", ({ data }) => data.id === file.id);
  const { url, media_id: ofAnn } = picture.data.content as { url: string; media_id: string };
  expect((await bot.call("GET", url)).status).toBe(200);
  await heard(await bob.replies(spoken, "barley answers"));
  await heard(await bob.says("broccoli behind hers", { to: group }));
  await heard(await bob.says("beetroot alone"));
  await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "acorn from us" } });
  await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "basil to all" }, reply_to: inGroup });
  // The same file to both of them.
  for (const { number } of [ann, bob])
    await bot.device.outbox.send({ to: number, content: { kind: "document", base64: btoa("bread"), name: "b.txt" } });
  await bot.until(() => bot.events.filter(({ type }) => type === "message.sent").length >= 4, "all to be sent");

  const hers = ["aubergine", "artichoke", "asparagus", "avocado", "apricot", "anchovy", "acorn", "almond", "Annemarie"];
  const names = [ann.number, ann.lid.split("@")[0] ?? ""];
  const others = ["barley", "broccoli", "beetroot", "basil", "Bob", "bread", bob.number];
  expect(traces([...hers, ...names, ...others])).toEqual([...hers, ...names, ...others]);

  const answer = await bot.call("DELETE", `${at}/contacts/${ann.number}`);
  expect(await answer.json()).toEqual({ success: true, data: { messages: 8 } });
  expect(traces([...hers, ...others])).toEqual(others);
  // The keys for her devices go by her number.
  expect(traces(names, { keys: false })).toEqual([]);
  hanging.resolve(new Response("no", { status: 500 }));
  bot.receiver.answer = () => new Response();
  await bot.receiver.next("message.received", ({ data }) => data.sender_phone === bob.number && data.chat === group.id);
  expect((await bot.call("GET", `/v1/media/${ofAnn}/info`)).status).toBe(404);
  const search = async (word: string) =>
    ((await (await bot.call("GET", `${at}/history?search=${word}`)).json()) as { data: { reply_to?: unknown }[] }).data;
  expect(await search("anchovy")).toEqual([]);
  expect(await search("barley")).toHaveLength(1);
  expect((await search("barley"))[0]?.reply_to).toBeUndefined();
  expect(traces([...hers, ...others])).toEqual(others);
});
