import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ran } from "./cli/merpati.ts";
import { jpeg } from "./files.ts";
import { startBot } from "./harness.ts";
import { folder } from "./store/house.ts";

const lines = (dir: string, kind: string): { id: string; content?: { text?: string }; type?: string }[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith(`${kind}-`))
    .flatMap((name) => readFileSync(join(dir, name), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line));

test("a person's export has all of theirs and nothing of others, as a tar that tar reads", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact("628123456789", "Annemarie");
  const bob = bot.contact("628777000111", "Bob");
  const group = bot.sim.group("Pigeons", [ann, bob, bot.phone]);
  const heard = async (said: { id: string }) => bot.next("message.received", ({ data }) => data.id === said.id);
  await heard(await ann.says("aubergine"));
  await heard(await ann.says("artichoke by lid", { by: "lid" }));
  const inGroup = await ann.says("anchovy in the group", { to: group });
  await heard(inGroup);
  await heard(await bob.replies(inGroup, "barley answers"));
  await heard(await bob.says("beetroot alone"));
  const picture = await jpeg();
  const file = await ann.sends({ kind: "image", bytes: picture });
  const { media_id: media } = (await heard(file)).data.content as { media_id: string };
  expect((await bot.call("GET", `/v1/media/${media}`)).status).toBe(200);
  await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "acorn from us" } });
  await ann.hears("acorn from us");

  const place = folder();
  const tar = join(place, "ann.tar");
  const cli = (...args: string[]) => ran(bot.folder, ["device", "export", "default", ...args]);
  expect(await cli(ann.number, tar)).toMatchObject({ exit: 0, out: expect.stringContaining("holds what the device") });
  expect(await cli(ann.number, tar)).toMatchObject({ exit: 1, err: expect.stringContaining("exists already") });
  const dir = join(place, "ann");
  mkdirSync(dir);
  expect(Bun.spawnSync(["tar", "-xf", tar, "-C", dir]).exitCode).toBe(0);

  const { names, contacts, chats } = JSON.parse(readFileSync(join(dir, "person.json"), "utf8"));
  expect(names).toContain(ann.jid);
  expect([contacts[0].push_name, chats.length]).toEqual(["Annemarie", 1]);
  const said = lines(dir, "messages");
  expect(said.flatMap(({ content }) => content?.text ?? [])).toEqual([
    "aubergine",
    "artichoke by lid",
    "anchovy in the group",
    "acorn from us",
  ]);
  expect(lines(dir, "sent").map(({ content }) => content?.text)).toEqual(["acorn from us"]);
  const types = new Set(lines(dir, "events").map(({ type }) => type));
  expect([types.has("message.received"), types.has("message.sent")]).toEqual([true, true]);
  expect(readFileSync(join(dir, "media", media)).equals(picture)).toBe(true);
  const all = readFileSync(tar);
  expect(["barley", "beetroot", bob.number].filter((word) => all.includes(word))).toEqual([]);

  const audited = (await (await bot.call("GET", "/v1/admin/audit")).json()) as { data: { action: string }[] };
  expect(audited.data.map(({ action }) => action)).toContain("contact.export");
  const made = await bot.call("POST", "/v1/admin/keys", { name: "reader", scopes: ["read", "send"] });
  const { key } = ((await made.json()) as { data: { key: string } }).data;
  const refused = await bot.call("GET", `/v1/devices/default/contacts/${ann.number}/export`, undefined, {
    "x-api-key": key,
  });
  expect(refused.status).toBe(403);
}, 30_000);
