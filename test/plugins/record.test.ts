import { expect, test } from "bun:test";
import { join } from "node:path";
import { readFixture } from "../../src/cli/plugin/fixture.ts";
import { recordEvents } from "../../src/cli/plugin/record.ts";
import type { BotEvent } from "../../src/core/events.ts";
import { openStore } from "../../src/store/open.ts";
import { startBot } from "../harness.ts";
import { HandClock } from "../clock.ts";

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
  await recordEvents(store, [file, "--types", "message.received"]);
  const events = (await readFixture(file)) as BotEvent<"message.received">[];
  expect(events.map(({ data: { push_name, sender_phone, content } }) => [push_name, sender_phone, content])).toEqual([
    ["Person 1", "6281200000001", { kind: "text", text: "one" }],
    ["Person 2", "6281200000002", { kind: "text", text: "two" }],
    ["Person 1", "6281200000001", { kind: "text", text: "three" }],
  ]);
  expect(await Bun.file(file).text()).not.toMatch(/628777|Real/);
  const again = recordEvents(store, [file]).catch((thrown: Error) => thrown.message);
  expect(await again).toContain("exists already");
  const real = join(bot.folder, "real.jsonl");
  await recordEvents(store, [real, "--last", "1", "--as-is"]);
  expect(await Bun.file(real).text()).toContain("628777000111");
  expect(
    await recordEvents(store, ["x.jsonl", "--types", "nothing"]).catch((thrown: Error) => thrown.message),
  ).toContain("--types takes event types");
  await store.close();
}, 20_000);
