import { expect, test } from "bun:test";
import { el } from "../src/simulator/index.ts";
import { startBot } from "./harness.ts";

test.each(["lid", "pn"] as const)("a status that the owner posts on the phone, by %s, is their own", async (by) => {
  await using bot = await startBot({ simulator: { profile: "newest", history: "inline", appState: "patches" } });
  await bot.link();
  const { user } = bot.phone;
  const device = user.linked[0]?.jid() ?? "";
  const parts = bot.sim.raw.sealForGroup(user.phone, "status@broadcast", device, { conversation: "on my way" });
  const participant = by === "lid" ? bot.phone.lid : bot.phone.jid;
  const attrs = { id: "S1", from: "status@broadcast", participant, t: "1700000000", type: "text" };
  bot.sim.raw.queue(device, el("status", attrs, parts));
  const told = await bot.next("message.received", ({ data }) => data.id === "S1");
  expect(told.data).toMatchObject({ from_me: true, chat: "status@broadcast", content: { text: "on my way" } });
});
