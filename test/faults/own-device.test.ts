import { expect, test } from "bun:test";
import { startBot } from "../harness.ts";
import { saysText } from "./heard.ts";

test("a companion that the phone linked speaks as the owner; one that nobody linked is told as unreadable", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const linked = bot.phone.addsCompanion();
  await bot.phone.says("from my laptop", { to: ann, from: linked });
  const heard = await bot.next("message.received", saysText("from my laptop"));
  expect(heard.data.from_me).toBe(true);

  const forged = bot.phone.addsCompanion();
  for (const identity of [undefined, linked.deviceIdentity]) {
    forged.deviceIdentity = identity;
    const { id } = await bot.phone.says("pay ann a million", { to: ann, from: forged });
    await bot.next("message.undecryptable", ({ data }) => data.id === id);
  }
  await ann.says("after it", { to: bot.phone });
  await bot.next("message.received", saysText("after it"));
  const texts = bot.events.filter((event) => JSON.stringify(event).includes("a million"));
  expect(texts).toEqual([]);
});

test("a companion that proves nothing is asked for a message that does, and holds up nothing", async () => {
  await using bot = await startBot({ simulator: { profile: "newest" } });
  await bot.link();
  const ann = bot.contact();
  const companion = bot.phone.addsCompanion();
  const { deviceIdentity } = companion;
  const reasons: (string | undefined)[] = [];
  bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction !== "in" || stanza.attrs["type"] !== "retry" || !Array.isArray(stanza.content)) return;
    reasons.push(stanza.content.find(({ tag }) => tag === "retry")?.attrs["error"]);
    companion.deviceIdentity = deviceIdentity;
  });
  companion.deviceIdentity = undefined;
  const said = await bot.phone.says("from my tablet", { to: ann, from: companion });
  const { data } = await bot.next("message.undecryptable", (event) => event.data.id === said.id);
  expect(data.cause).toBe("forged");
  // With its proof it is believed.
  expect((await bot.next("message.received", saysText("from my tablet"))).data.from_me).toBe(true);
  expect(reasons).toEqual(["12"]);

  const forged = bot.phone.addsCompanion();
  forged.deviceIdentity = undefined;
  const { id } = await bot.phone.says("pay ann a million", { to: ann, from: forged });
  await bot.next("message.undecryptable", (event) => event.data.id === id);
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  await bot.restart();
  await bot.connected();
  await ann.says("after it", { to: bot.phone });
  await bot.next("message.received", saysText("after it"));
  expect(bot.sim.record.receipted(id).filter((type) => type !== "retry")).toEqual([]);
  expect(bot.events.filter((event) => JSON.stringify(event).includes("a million"))).toEqual([]);
  bot.sim.assertNoProblems();
}, 20_000);
