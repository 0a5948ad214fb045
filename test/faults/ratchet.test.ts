import { expect, test } from "bun:test";
import type { Stanza } from "../../src/simulator/index.ts";
import { startBot } from "../harness.ts";
import { saysText, textsOf } from "./heard.ts";

const rounds = 150;

test.each(["pn", "lid"] as const)(
  "who talks over each other understands every word, addressed by %s: no step of a ratchet undoes another",
  async (by) => {
    await using bot = await startBot();
    await bot.link();
    const ann = bot.contact();
    let unread = 0;
    bot.sim.on(({ type }) => void (type === "message.undecryptable" && (unread += 1)));
    const said: string[] = [];
    const answers: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const question = `question ${round}`;
      const answer = `answer ${round}`;
      const saying = ann.says(question, { to: bot.phone, by });
      await bot.device.outbox.send({ to: by === "pn" ? ann.number : ann.lid, content: { kind: "text", text: answer } });
      await saying;
      said.push(question);
      answers.push(answer);
    }
    await ann.hears(answers.at(-1) ?? "");
    await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
    await bot.next(
      "message.received",
      ({ data: { content } }) => content.kind === "text" && content.text === said.at(-1),
    );
    expect(textsOf(await bot.device.events(0, 10_000))).toEqual(said);
    expect(ann.inbox.map(({ text }) => text)).toEqual(answers);
    expect(unread + bot.events.filter(({ type }) => type === "message.undecryptable").length).toBe(0);
    bot.sim.assertNoProblems();
  },
);

test("what comes under a key that was used before is no repetition: it is asked for again", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const seals: Uint8Array[] = [];
  /** Notes what the first is sealed with, and seals the second with the same: neither reads it now, but it was never read before. */
  const sealedAgain = (stanza: Stanza): Stanza => {
    const content = (stanza.content as Stanza[]).map((child) => {
      if (child.tag !== "enc" || seals.length === 0) return child;
      const bytes = Uint8Array.from(seals[0] ?? []);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return { ...child, content: bytes };
    });
    for (const { tag, content } of stanza.content as Stanza[]) if (tag === "enc") seals.push(content as Uint8Array);
    return { ...stanza, content };
  };
  const isHers = ({ tag, attrs }: Stanza) => tag === "message" && attrs["from"] === ann.lid;
  bot.sim.faults.at("out", { do: "replace", with: sealedAgain }, { when: isHers, times: 2 });
  await ann.says("first", { to: bot.phone });
  await bot.next("message.received", saysText("first"));
  const { id } = await ann.says("second", { to: bot.phone });
  await bot.next("message.undecryptable", ({ data }) => data.id === id);
  await bot.next("message.received", saysText("second"));
  expect(seals).toHaveLength(2);
});

test("a look at somebody's devices makes no new session where there is one", async () => {
  await using bot = await startBot();
  await bot.link();
  const ann = bot.contact();
  const asked: string[] = [];
  bot.sim.network.tracer = (direction, _connection, { tag, attrs: { type, xmlns = "" } }) => {
    if (direction === "in" && tag === "iq" && type === "get") asked.push(xmlns);
  };
  const say = async (text: string) => {
    await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text } });
    await ann.hears(text);
  };
  await say("first");
  expect(asked).toContain("encrypt");
  asked.length = 0;
  await bot.restart(); // what it knows of devices is looked up anew
  await bot.connected();
  await say("second");
  const look = asked.indexOf("usync");
  expect(look).not.toBe(-1);
  expect(asked.slice(look)).not.toContain("encrypt");
});
