import { expect, test } from "bun:test";
import type { Stanza } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";

/** WhatsApp leaves out what would say that the account has moved: at pairing and among its switches. */
function keepSilent(bot: TestBot): void {
  const without =
    (tag: string, isIt: (child: Stanza) => boolean) =>
    (stanza: Stanza): Stanza => ({
      ...stanza,
      content: (stanza.content as Stanza[]).map((one) =>
        one.tag === tag ? { ...one, content: (one.content as Stanza[]).filter((child) => !isIt(child)) } : one,
      ),
    });
  const holds = (tag: string) => (stanza: Stanza) =>
    Array.isArray(stanza.content) && stanza.content.some((one) => one.tag === tag);
  const { faults } = bot.sim;
  const props = without("props", ({ attrs }) => attrs["config_code"] === "9435");
  const pairing = without("pair-success", ({ tag }) => tag === "client-props");
  faults.at("out", { do: "replace", with: pairing }, { when: holds("pair-success"), times: 9 });
  faults.at("out", { do: "replace", with: props }, { when: holds("props"), times: 99 });
}

async function recipients(bot: TestBot, text: string): Promise<string[]> {
  const to: string[] = [];
  const stop = bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction === "in" && stanza.tag === "message") to.push(stanza.attrs["to"] ?? "");
  });
  const { waId } = await bot.device.outbox.send({ to: bot.contact().number, content: { kind: "text", text } });
  await bot.sim.until(() => bot.sim.record.outgoing(waId).length > 0);
  stop();
  return to;
}

test("linked again without a word of it, an account is known to have moved to LIDs", async () => {
  await using bot = await startBot({ simulator: { historySync: false } });
  await bot.link();
  expect(await recipients(bot, "first")).toEqual([bot.contact().lid]);
  keepSilent(bot);
  await bot.device.logout();
  await bot.device.start();
  await bot.link();
  expect(await recipients(bot, "again")).toEqual([bot.contact().lid]);
  bot.sim.assertNoProblems();
});

test("what is known of one account says nothing of the next", async () => {
  await using bot = await startBot({ simulator: { historySync: false } });
  await bot.link();
  keepSilent(bot);
  await bot.device.logout();
  await bot.device.start();
  const { qr } = await bot.device.qr();
  await bot.sim.phone("6281100000002", { name: "Citra" }).scan(qr);
  await bot.connected();
  expect(await recipients(bot, "by number")).toEqual([bot.contact().jid]);
});
