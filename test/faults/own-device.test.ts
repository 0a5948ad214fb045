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
