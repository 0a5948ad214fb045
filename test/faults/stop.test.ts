import { expect, test } from "bun:test";
import { child as childOf, type Stanza } from "../../src/simulator/index.ts";
import { startBot } from "../harness.ts";

test("a stop while WhatsApp owes an answer, and in the middle of traffic, is no fault", async () => {
  const faults: string[] = [];
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    if (level === "warn" || level === "error") faults.push(msg);
    return true;
  };
  await using bot = await startBot({ out: { write } });
  await bot.link();
  const friend = bot.contact();
  // The digest of the own keys, which Baileys asks for with each connection, and so do we.
  const isDigest = (stanza: Stanza) => stanza.tag === "iq" && childOf(stanza, "digest") !== undefined;
  const lost = bot.sim.faults.at("in", { do: "drop" }, { when: isDigest, skip: 1 });
  await bot.restart();
  await bot.connected();
  await bot.sim.until(() => lost.struck > 0);
  const traffic = Array.from({ length: 40 }, async (_, at) => {
    await friend.says(`word ${at}`, { to: bot.phone });
    await bot.device.outbox.send({ to: friend.number, content: { kind: "text", text: "an answer" } });
  });
  await friend.hears("an answer");
  await Promise.allSettled([...traffic, bot.stop()]);
  expect(faults).toEqual([]);
});
