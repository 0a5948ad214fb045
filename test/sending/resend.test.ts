import { expect, test } from "bun:test";
import { el, type Stanza } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";

const newest = { simulator: { profile: "newest", seed: 23, history: "inline", appState: "patches" } } as const;

async function linked(): Promise<TestBot> {
  const bot = await startBot(newest);
  await bot.link();
  return bot;
}

/** The bot's own device, as the server knows it. */
const own = (bot: TestBot): string => bot.phone.linkedDevices()[0]?.jid ?? "";

/** A device asks for a message again; resolves once that was answered, one way or the other. */
async function asks(bot: TestBot, attrs: Record<string, string>, count: number): Promise<void> {
  const retry = el("retry", { count: String(count), id: attrs["id"], t: "1796000000", v: "1", error: "0" });
  bot.sim.raw.queue(own(bot), el("receipt", { ...attrs, type: "retry", t: "1796000000" }, [retry]));
  await bot.sim.settles();
}

/** What left of a message, in order. */
function leaving(bot: TestBot, id: () => string): Stanza[] {
  const left: Stanza[] = [];
  bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction === "in" && stanza.tag === "message" && stanza.attrs["id"] === id()) left.push(stanza);
  });
  return left;
}

test("who cannot read a message gets it five times, each request once, and nobody else", async () => {
  await using bot = await linked();
  const [ann, ben] = [bot.contact(), bot.contact("628120000002", "Ben")];
  const group = bot.sim.group("Family", [ann, ben, bot.phone], { addressing: "lid" });
  let id = "";
  const left = leaving(bot, () => id);
  ({ waId: id } = await bot.device.outbox.send({ to: group.id, content: { kind: "text", text: "hello" } }));
  await ben.hears("hello");
  for (let count = 1; count <= 7; count++) await asks(bot, { from: group.id, participant: ann.lid, id }, count);
  const [first, ...again] = left;
  expect(first?.attrs["participant"]).toBeUndefined();
  expect(again.map(({ attrs }) => attrs["participant"])).toEqual(Array.from({ length: 5 }, () => ann.lid));
  expect(again.every(({ content }) => !JSON.stringify(content).includes("participants"))).toBe(true);
  bot.sim.assertNoProblems();
});

test("a stranger's device does not get what was not for it", async () => {
  await using bot = await linked();
  const [ann, eve] = [bot.contact(), bot.contact("628120000009", "Eve")];
  let id = "";
  const left = leaving(bot, () => id);
  ({ waId: id } = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "hello" } }));
  await ann.hears("hello");
  await asks(bot, { from: eve.lid, id }, 1);
  expect(left).toHaveLength(1);
  await asks(bot, { from: ann.lid, id }, 1);
  expect(left).toHaveLength(2);
  expect(left[1]?.attrs).toMatchObject({ to: ann.lid, device_fanout: "false", type: "text" });
  bot.sim.assertNoProblems();
});

test("a message that was read is not sent again", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  let id = "";
  const left = leaving(bot, () => id);
  ({ waId: id } = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "hello" } }));
  (await ann.hears("hello")).read();
  await bot.next("message.status", ({ data }) => data.status === "read");
  await asks(bot, { from: ann.lid, id }, 1);
  expect(left).toHaveLength(1);
});

test.each(["own", "theirs"] as const)("a companion that is linked later (%s) gets the next message", async (whose) => {
  await using bot = await linked();
  const ann = bot.contact();
  const say = (text: string) => bot.device.outbox.send({ to: ann.number, content: { kind: "text", text } });
  await say("before");
  await ann.hears("before");
  const companion = whose === "own" ? bot.phone.addsCompanion() : ann.addsCompanion();
  await bot.sim.settles();
  const heard = bot.sim.until("companion.heard");
  await say("after");
  expect((await heard).device).toBe(companion.jid());
  bot.sim.assertNoProblems();
});
