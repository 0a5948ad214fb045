import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { is } from "../../src/core/model/events/events.ts";
import { type SimulatedContact, POISON_NAMES, child, el, type Stanza } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { saysText, textsOf } from "./heard.ts";

let bot: TestBot;
let ann: SimulatedContact;
beforeEach(async () => {
  bot = await startBot();
  await bot.link();
  ann = bot.contact();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
});
afterEach(() => bot[Symbol.asyncDispose]());

const says = (text: string) => ann.says(text, { to: bot.phone });
const comes = (text: string) => bot.receiver.next("message.received", saysText(text));
const texts = (): string[] => textsOf(bot.receiver.events);
const settled = () => bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
const unreadable = (id: string) =>
  bot.receiver.events.filter((event) => is(event, "message.undecryptable") && event.data.id === id);

describe("delivery", () => {
  test("a message that is delivered three times is one event", async () => {
    bot.sim.faults.at("out", { do: "repeat", times: 3 }, { when: "message" });
    await says("thrice");
    await says("after");
    await comes("after");
    expect(texts()).toEqual(["thrice", "after"]);
    bot.sim.assertNoProblems();
  });

  test("a receipt that is lost brings the message again, and no second event", async () => {
    bot.sim.faults.at("in", { do: "drop" }, { when: "receipt" });
    const { id } = await says("once only");
    await comes("once only");
    await bot.restart();
    await settled();
    expect(bot.sim.record.delivered(id)).toBe(2);
    await says("after");
    await comes("after");
    expect(texts()).toEqual(["once only", "after"]);
    bot.sim.assertNoProblems();
  });

  test("what comes in another order is logged as it came, each once", async () => {
    bot.sim.faults.at("out", { do: "hold", for: 2 }, { when: "message" });
    for (const text of ["first", "second", "third"]) await says(text);
    await comes("first");
    expect(texts()).toEqual(["second", "third", "first"]);
    bot.sim.assertNoProblems();
  });

  test.each(["1", "0", "none", "count"] as const)("what waited is marked %s", async (offlineMarker) => {
    bot.sim.assume({ offlineMarker });
    await bot.stop();
    await ann.saysMany(["one", "two", "three"], { to: bot.phone });
    await bot.start();
    await comes("three");
    await settled();
    expect(texts()).toEqual(["one", "two", "three"]);
    bot.sim.assertNoProblems();
  });

  test("the end of the offline queue is never announced", async () => {
    await bot.stop();
    await says("waited");
    bot.sim.faults.at("out", { do: "drop" }, { when: (stanza) => child(stanza, "offline") !== undefined });
    await bot.start();
    await comes("waited");
    await says("live");
    await comes("live");
    await settled();
  });

  test("two members who use one id are two events", async () => {
    const cat = bot.contact("628123456780", "Cat");
    const group = bot.sim.group("Family", [ann, cat, bot.phone]);
    const { id } = await ann.says("from Ann", { to: group });
    await cat.says("from Cat", { to: group, id });
    await Promise.all([comes("from Ann"), comes("from Cat")]);
    await bot.stop();
    const other = await ann.says("waiting, from Ann", { to: group });
    await cat.says("waiting, from Cat", { to: group, id: other.id });
    await bot.start();
    await Promise.all([comes("waiting, from Ann"), comes("waiting, from Cat")]);
    expect(texts()).toHaveLength(4);
    bot.sim.assertNoProblems();
  });
});

/** Other bytes than were sent: nobody can read this copy. */
function spoilt(stanza: Stanza): Stanza {
  const content = Array.isArray(stanza.content) ? stanza.content : [];
  return {
    ...stanza,
    content: content.map((one) => (one.tag === "enc" ? el("enc", one.attrs, Buffer.alloc(90, 0x33)) : one)),
  };
}

/** How often each poison is told as unreadable: not what is only too new, nor an order that is not the own phone's. */
const untold = Object.fromEntries(POISON_NAMES.map((kind) => [kind, ["unknown-kind", "spoof"].includes(kind) ? 0 : 1]));

describe("a message that cannot be read", () => {
  test("is told once, asked for again, and followed by the real one with the same id", async () => {
    await says("before");
    await comes("before");
    bot.sim.faults.at("out", { do: "replace", with: spoilt }, { when: "message" });
    const { id } = await says("at last");
    await says("meanwhile");
    await bot.receiver.next("message.undecryptable", (event) => event.data.id === id);
    const { data } = await comes("at last");
    expect(data.id).toBe(id);
    await comes("meanwhile");
    expect(bot.sim.record.receipted(id)).toContain("retry");
    expect(unreadable(id)).toHaveLength(1);
    await settled();
  });

  test("asking again leaves readable what was sealed before", async () => {
    await says("before");
    await comes("before");
    const sealed = ann.draftsMany(["sealed before"], { to: bot.phone, by: "lid" });
    bot.sim.faults.at("out", { do: "replace", with: spoilt }, { when: "message", times: 3 });
    const { id } = await ann.says("at last", { to: bot.phone, by: "lid" });
    await comes("at last");
    expect(bot.sim.record.receipted(id).filter((type) => type === "retry").length).toBeGreaterThan(1);
    sealed.release();
    const { data } = await comes("sealed before");
    expect(unreadable(data.id)).toEqual([]);
  });

  test("in a group, the same", async () => {
    const group = bot.sim.group("Family", [ann, bot.phone]);
    await ann.says("before", { to: group });
    await comes("before");
    bot.sim.faults.at("out", { do: "replace", with: spoilt }, { when: "message" });
    const { id } = await ann.says("at last", { to: group });
    await bot.receiver.next("message.undecryptable", (event) => event.data.id === id);
    expect((await comes("at last")).data.id).toBe(id);
    expect(unreadable(id)).toHaveLength(1);
  });

  describe.each(["deletes", "keeps", "blocks"] as const)("when a nack %s it", (nack) => {
    test("no poison holds up what follows, live or waiting, and none is told twice", async () => {
      bot.sim.assume({ nack });
      const ids = POISON_NAMES.map((kind) => [kind, ann.poisons(kind, { to: bot.phone })] as const);
      await says("after them");
      await comes("after them");
      for (let round = 0; round < 3; round++) {
        await bot.stop();
        await says(`waiting ${round}`);
        await bot.start();
        await comes(`waiting ${round}`);
        await bot.connected();
        await says(`live ${round}`);
        await comes(`live ${round}`);
      }
      const told = Object.fromEntries(ids.map(([kind, id]) => [kind, unreadable(id).length]));
      expect(told).toEqual(untold);
      const tooNew = ids.find(([kind]) => kind === "unknown-kind")?.[1];
      expect(bot.receiver.events.find(({ data }) => (data as { id?: string }).id === tooNew)).toMatchObject({
        data: { content: { kind: "unsupported", type: "field_2015" } },
      });
      expect(texts().filter((text) => text.startsWith("waiting"))).toEqual(["waiting 0", "waiting 1", "waiting 2"]);
      expect(new Set(bot.receiver.events.map(({ id }) => id)).size).toBe(bot.receiver.events.length);
    });
  });
});

describe("keys", () => {
  test("a contact with a new phone is read and written to", async () => {
    await says("old phone");
    await comes("old phone");
    await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "to the old" });
    await ann.hears("to the old");
    ann.reinstalls();
    await bot.sim.until(() => bot.sim.record.unsettled("notification").length === 0);
    await says("new phone");
    await comes("new phone");
    await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "to the new" });
    await ann.hears("to the new");
    bot.sim.assertNoProblems();
  });

  test("a contact who lost the sessions is read and written to", async () => {
    await says("before");
    await comes("before");
    ann.forgetsSessions();
    await says("after");
    await comes("after");
    await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "still there?" });
    await ann.hears("still there?");
  });

  test("pre-keys that run out are made again, and nobody is turned away meanwhile", async () => {
    const before = bot.phone.linkedDevices()[0]?.preKeys ?? 0;
    bot.phone.losesPreKeys();
    const strangers = Array.from({ length: 6 }, (_, place) => bot.contact(`62812345000${place}`, `S${place}`));
    for (const [place, one] of strangers.entries()) await one.says(`hello ${place}`, { to: bot.phone });
    for (const place of strangers.keys()) await comes(`hello ${place}`);
    await bot.sim.until(() => (bot.phone.linkedDevices()[0]?.preKeys ?? 0) > 0);
    expect(before).toBeGreaterThan(0);
    bot.sim.assertNoProblems();
  });
});
