import { expect, test } from "bun:test";
import { join } from "node:path";
import { readFixture } from "../../src/cli/plugin/fixture.ts";
import { recordEvents } from "../../src/cli/plugin/record.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { openStore } from "../../src/store/open.ts";
import { startBot } from "../harness.ts";
import { HandClock } from "../clock.ts";
import { merpatiPlugin } from "./command.ts";

test("what happened on a running bot becomes a fixture of invented people", async () => {
  await using bot = await startBot();
  await bot.link();
  const [ann, bob] = [bot.contact("628777000111", "Ann Real"), bot.contact("628777000222", "Bob Real")];
  for (const [who, text] of [
    [ann, "one"],
    [bob, "two"],
    [ann, "three"],
  ] as const) {
    const { id } = await who.says(text, { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === id);
  }
  const clock = new HandClock();
  const store = await openStore({ dir: bot.folder, clock, targetsOf: () => [], exclusive: false });
  const file = join(bot.folder, "people.jsonl");
  const some = { last: 20, device: "default", asIs: false };
  await recordEvents(store, { ...some, file, types: "message.received" });
  const events = (await readFixture(file)) as BotEvent<"message.received">[];
  expect(events.map(({ data: { push_name, sender_phone, content } }) => [push_name, sender_phone, content])).toEqual([
    ["Person 1", "6281200000001", { kind: "text", text: "one" }],
    ["Person 2", "6281200000002", { kind: "text", text: "two" }],
    ["Person 1", "6281200000001", { kind: "text", text: "three" }],
  ]);
  expect(await Bun.file(file).text()).not.toMatch(/628777|Real/);
  const again = recordEvents(store, { ...some, file }).catch((thrown: Error) => thrown.message);
  expect(await again).toContain("exists already");
  const real = join(bot.folder, "real.jsonl");
  await recordEvents(store, { ...some, file: real, last: 1, types: "message.received", asIs: true });
  expect(await Bun.file(real).text()).toContain("628777000111");
  expect(
    await recordEvents(store, { ...some, file: "x.jsonl", types: "nothing" }).catch((thrown: Error) => thrown.message),
  ).toContain("--types takes event types");
  await store.close();
}, 20_000);

test("replay hands a logged event to the plugin as it is set, with what it stored, and sends nothing", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const text = `import { plugin, t } from "merpati";
export default plugin({ name: "counter", permissions: ["store"], config: { word: t.string() }, setup({ command, store, config }) {
  command("count", async ({ reply }) => reply(config.word + " " + (await store.update<number>("n", (n) => (n ?? 0) + 1))));
} });`;
  await bot.install("counter.ts", text);
  await bot.call("PATCH", "/v1/admin/plugins/counter/settings", { word: "no." });
  const { id } = await ann.says("!count", { to: bot.phone });
  await ann.hears("no. 1");
  const { seq } = await bot.next("message.received", ({ data }) => data.id === id);
  const { out, err } = await merpatiPlugin(bot.folder, bot.folder, "replay", "counter", String(seq));
  const [would = "", done] = out.trim().split("\n");
  expect([err, done]).toEqual(["", "counter handled message.received."]);
  expect(would).toMatch(/^would send on default to .*: \{"kind":"text","text":"no\. 2"\}$/);
  await ann.says("!count", { to: bot.phone });
  await ann.hears("no. 2");
  const absent = await merpatiPlugin(bot.folder, bot.folder, "replay", "counter", String(seq), "--device", "shop");
  expect(absent.err).toBe(`There is no event ${seq} of the device "shop".\n`);
}, 30_000);
