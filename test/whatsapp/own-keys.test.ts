import { expect, test } from "bun:test";
import { breathe } from "../../src/core/base/breathe.ts";
import type { TestBot } from "../harness.ts";
import { startBot } from "../harness.ts";
import { WoundClock } from "../clock.ts";

const day = 86_400_000;
/** So long after a link the keys that it made are not checked again. */
const firstMinutes = 15 * 60_000;

/** The public keys of the bot as WhatsApp's server has them. */
function keysOnServer(bot: TestBot) {
  const [device] = bot.phone.user.linked;
  if (!device) throw new Error("no device is linked");
  return device.preKeys;
}

/** What the server has changes without a word to anybody. */
async function comesTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await breathe();
}

async function reconnect(bot: TestBot): Promise<void> {
  await bot.device.stop();
  await bot.device.start();
  await bot.connected();
}

/** What the bot asked of the server about its own keys. */
function keyQuestions(bot: TestBot): string[] {
  const asked: string[] = [];
  bot.sim.raw.trace(({ direction, stanza: { tag, attrs, content } }) => {
    if (direction !== "in" || tag !== "iq" || attrs["xmlns"] !== "encrypt" || !Array.isArray(content)) return;
    asked.push(...content.map((child) => child.tag));
  });
  return asked;
}

test("keys on the server that are not the device's are uploaded anew, and others are left alone", async () => {
  const clock = new WoundClock();
  await using bot = await startBot({ stands: { clock } });
  const asked = keyQuestions(bot);
  /** The digest was asked for, and what followed from it is over; whether keys were uploaded since the last time. */
  const compared = async (): Promise<boolean> => {
    await comesTrue(() => asked.includes("digest"));
    const { id } = await bot.contact().says("by the way", { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === id);
    return asked.splice(0).includes("skey");
  };
  await bot.link();
  await bot.device.stop();
  clock.wind(firstMinutes);
  asked.length = 0;
  await reconnect(bot);
  expect(await compared()).toBe(false);
  const { count, signedPreKey } = keysOnServer(bot);
  keysOnServer(bot).signedPreKey = { ...signedPreKey, signature: Buffer.alloc(64, 1) };
  await reconnect(bot);
  await comesTrue(() => keysOnServer(bot).signedPreKey.signature.equals(signedPreKey.signature));
  expect(keysOnServer(bot).count).toBe(count + 812);
  bot.sim.assertNoProblems();
});

test("a server that is short of keys when the device connects gets as many as WhatsApp Web brings", async () => {
  await using bot = await startBot();
  await bot.link();
  await bot.device.stop();
  keysOnServer(bot).drain(2);
  await bot.device.start();
  await bot.connected();
  await comesTrue(() => keysOnServer(bot).count >= 812);
  bot.sim.assertNoProblems();
});

test("the signed pre-key changes after a month, and first messages under the former one open", async () => {
  const clock = new WoundClock();
  await using bot = await startBot({ stands: { clock } });
  await bot.link();
  await bot.device.stop();
  clock.wind(firstMinutes);
  await reconnect(bot);
  const former = keysOnServer(bot).signedPreKey;
  // Ann begins under the present key; her message arrives when it has changed.
  const held = bot.sim.faults.at("out", { do: "drop" }, { when: "message" });
  const early = await bot.contact().says("sealed before", { to: bot.phone });
  await bot.sim.until(() => held.struck === 1);
  clock.jump(29 * day);
  await reconnect(bot);
  await bot.next("message.received", ({ data }) => data.id === early.id);
  expect(keysOnServer(bot).signedPreKey.id).toBe(former.id);

  const again = bot.sim.faults.at("out", { do: "drop" }, { when: "message", times: 99 });
  const ben = bot.contact("628120000002", "Ben");
  const late = await ben.says("sealed before the change", { to: bot.phone });
  await bot.sim.until(() => again.struck > 0);
  clock.jump(2 * day);
  await reconnect(bot);
  await comesTrue(() => keysOnServer(bot).signedPreKey.id !== former.id);
  expect(keysOnServer(bot).signedPreKey.key.equals(former.key)).toBe(false);
  again.cancel();
  await reconnect(bot);
  await bot.next("message.received", ({ data }) => data.id === late.id);
  const citra = bot.contact("628999000111", "Citra");
  const { id } = await citra.says("under the new one", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
  expect(bot.events.filter(({ type }) => type === "message.undecryptable")).toEqual([]);
  bot.sim.assertNoProblems();
});
