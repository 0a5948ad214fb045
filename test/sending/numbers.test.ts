import { expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";

const accounts = ["migrated", "not-migrated"] as const;

async function start(account: (typeof accounts)[number]): Promise<[TestBot, string[]]> {
  const bot = await startBot({ simulator: { accounts: account } });
  await bot.link();
  const asked: string[] = [];
  bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction === "in" && stanza.attrs["xmlns"] === "usync") asked.push(JSON.stringify(stanza));
  });
  return [bot, asked];
}

const send = (bot: TestBot, to: string, text: string) =>
  bot.device.outbox.send({ to, content: { kind: "text", text } });

test.each(accounts)("a number that nobody has fails at once and says so, of an account that is %s", async (account) => {
  const [bot] = await start(account);
  await using _ = bot;
  const { waId } = await send(bot, "6289999999999", "hello?");
  const { data } = await bot.next("message.failed", (event) => event.data.id === waId);
  expect(data).toMatchObject({ code: "not_on_whatsapp", error: "WhatsApp knows no account by this number." });
  expect(bot.sim.record.outgoing(waId)).toEqual([]);
});

test.each(accounts)(
  "a number in another form reaches who has it, asked for once, of an account that is %s",
  async (account) => {
    const [bot, asked] = await start(account);
    await using _ = bot;
    const ann = bot.contact();
    ann.isAlsoFoundBy("6281239456789");
    for (const text of ["one", "two"]) {
      await send(bot, "6281239456789", text);
      await ann.hears(text);
    }
    expect(asked.filter((question) => question.includes("contact"))).toHaveLength(1);
    await bot.restart();
    await bot.connected();
    await send(bot, "6281239456789", "three");
    await ann.hears("three");
    expect(asked.filter((question) => question.includes("contact"))).toHaveLength(1);
    bot.sim.assertNoProblems();
  },
);
