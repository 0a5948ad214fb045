import { expect, test } from "bun:test";
import { startBot } from "../harness.ts";

test.each(["pn", "lid"] as const)(
  "who cannot read a message (%s) asks for it again, and gets it, after a restart too",
  async (by) => {
    await using bot = await startBot();
    await bot.link();
    const ann = bot.contact();
    const to = by === "pn" ? ann.number : ann.lid;
    const say = (text: string) => bot.device.outbox.send({ to, content: { kind: "text", text } });
    await say("hello");
    await ann.hears("hello");

    ann.forgetsSessions();
    const second = await say("again");
    expect((await ann.hears("again")).id).toBe(second.waId);

    // She was unreachable: the bot has forgotten all that is not on disk by the time her phone asks.
    ann.forgetsSessions();
    bot.sim.faults.at("out", { do: "drop" }, { when: (stanza) => stanza.attrs["type"] === "retry" });
    const third = await say("and again");
    await bot.next("message.sent", ({ data }) => data.id === third.waId);
    await bot.restart();
    await bot.connected();
    expect((await ann.hears("and again")).id).toBe(third.waId);
    expect(bot.sim.record.outgoing(third.waId)[0]?.receivedAt).toHaveLength(2);
    bot.sim.assertNoProblems();
  },
);
