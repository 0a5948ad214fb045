import { expect, test } from "bun:test";
import type { Stanza } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";

/** Which token the message to somebody never written to carries. */
async function tokenTo(bot: TestBot, number: string): Promise<string | undefined> {
  const person = bot.contact(number, "Stranger");
  let token: string | undefined;
  const stop = bot.sim.raw.trace(({ direction, stanza: { tag, content, attrs } }) => {
    if (direction !== "in" || tag !== "message" || attrs["to"] !== person.lid) return;
    token = (content as Stanza[]).find((child) => child.tag.endsWith("token") && child.tag !== "reporting")?.tag;
  });
  const { waId } = await bot.device.outbox.send({ to: number, content: { kind: "text", text: "hello" } });
  await bot.next("message.sent", ({ data }) => data.id === waId);
  stop();
  return token;
}

/** The bot has fetched what its phone changed. */
async function settled(bot: TestBot): Promise<void> {
  await bot.sim.until(() => bot.sim.record.unsettled("notification").length === 0);
  bot.phone.archives(bot.contact());
  await bot.next("chat.updated");
}

test("the salt of first messages is heard from app state: set, changed, taken away", async () => {
  await using bot = await startBot();
  bot.phone.user.dropSalt(); // as many an account that never got one
  await bot.link();
  expect(await tokenTo(bot, "628130000001")).toBeUndefined();
  bot.phone.renewsSalt();
  await settled(bot);
  const ann = bot.contact("628130000002", "Ann");
  ann.refusesStrangers();
  expect(await tokenTo(bot, ann.number)).toBe("cstoken");
  bot.phone.losesSalt();
  await settled(bot);
  expect(await tokenTo(bot, "628130000003")).toBeUndefined();
  bot.sim.assertNoProblems();
});
