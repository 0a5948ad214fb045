import { expect, test } from "bun:test";
import type { Connection, Connector, Signal } from "../../src/core/ports/connector.ts";
import { el } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { saysText, textsOf } from "./heard.ts";
import { SlowDisk } from "../slow-disk.ts";
import { ToldClock } from "./told-clock.ts";

async function linked(clock = new ToldClock()): Promise<TestBot> {
  const bot = await startBot({ stands: { clock } });
  await bot.link();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  return bot;
}

/** Everything was logged once, in order within its chat; the server has nothing left. */
async function allCame(bot: TestBot, ...chats: readonly (readonly string[])[]): Promise<void> {
  for (const texts of chats) await bot.next("message.received", saysText(texts.at(-1) ?? ""));
  await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  const logged = textsOf(await bot.device.events(0, 1_000));
  expect(logged).toHaveLength(chats.flat().length);
  for (const texts of chats) expect(logged.filter((text) => texts.includes(text))).toEqual([...texts]);
  bot.sim.assertNoProblems();
}

test("cut between delivery and receipt, again and again: nothing lost, nothing twice", async () => {
  const clock = new ToldClock();
  await using bot = await linked(clock);
  const ann = bot.contact();
  const group = bot.sim.group("Family", [ann, bot.phone]);
  const inChat = [0, 1, 2, 3].map((round) => `round ${round} in the chat`);
  const inGroup = inChat.map((text) => text.replace("chat", "group"));
  for (const round of inChat.keys()) {
    const pause = clock.until(() => bot.device.status().phase === "waiting", "the pause");
    bot.sim.faults.at("in", { do: "cut" }, { when: "receipt" });
    await ann.says(inChat[round] ?? "", { to: bot.phone });
    await ann.says(inGroup[round] ?? "", { to: group });
    await pause;
    clock.wind(60_000);
    await bot.connected();
    await bot.sim.until(() => bot.sim.record.unsettled("message").length === 0);
  }
  expect(bot.sim.record.redelivered().length).toBeGreaterThan(0);
  await allCame(bot, inChat, inGroup);
});

test("cut with a hundred messages on their way: all come, in order", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  const texts = Array.from({ length: 100 }, (_, place) => `message ${place}`);
  bot.sim.faults.at("in", { do: "cut" }, { when: "receipt", skip: 30 });
  await ann.saysMany(texts, { to: bot.phone });
  await allCame(bot, texts);
});

test("what is said while the queue of an absence is worked on comes after it", async () => {
  const clock = new ToldClock();
  await using bot = await linked(clock);
  const ann = bot.contact();
  const pause = clock.until(() => bot.device.status().phase === "waiting", "the pause");
  bot.sim.faults.cut();
  await pause;
  const missed = Array.from({ length: 100 }, (_, place) => `missed ${place}`);
  await ann.saysMany(missed, { to: bot.phone });
  const live = ann.draftsMany(["live"], { to: bot.phone });
  const caughtUp = bot.sim.until("device.caught-up");
  clock.wind(60_000);
  await caughtUp;
  live.release();
  await allCame(bot, [...missed, "live"]);
});

test.each(["stall", "half-open"] as const)("%s: noticed by silence, dialled anew, nothing lost", async (how) => {
  const clock = new ToldClock();
  const env: Record<string, string> = {};
  await using bot = await startBot({ stands: { clock }, env });
  await bot.link();
  const line = await bot.sim.line();
  if (how === "half-open") {
    env["WHATSAPP_URL"] = line.url;
    await bot.restart();
    await bot.connected();
  }
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  const ann = bot.contact();
  if (how === "stall") bot.sim.faults.stall();
  else line.halfOpen();
  await ann.says("into the void", { to: bot.phone });
  expect(bot.device.status().phase).toBe("connected");
  const opened = bot.events.filter(({ type }) => type === "device.connected").length;
  clock.wind(45_000);
  clock.wind(5_000);
  line.heal();
  const { data } = await bot.next("device.disconnected", (event) => event.data.reason === "connection_lost");
  expect(data.will_retry).toBe(true);
  await clock.until(() => bot.device.status().phase === "waiting", "the pause");
  clock.wind(60_000);
  await bot.until(() => bot.events.filter(({ type }) => type === "device.connected").length > opened, "another line");
  await bot.next("message.received", saysText("into the void"));
});

test("a message whose ack was lost goes out again with the same id after the reconnect", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  const rule = bot.sim.faults.loseAcks();
  bot.sim.faults.at("out", { do: "drop" }, { when: "receipt", times: 3 });
  await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "did it arrive?" });
  const { id } = await ann.hears("did it arrive?");
  expect(rule.struck).toBe(1);
  expect(bot.events.some(({ type }) => type === "message.sent")).toBe(false);
  bot.sim.faults.cut();
  await bot.receiver.next("message.sent", (event) => event.data.id === id);
  expect(bot.sim.record.outgoing(id)).toMatchObject([{ answers: ["ok", "ok"] }]);
  expect(bot.sim.record.outgoing()).toHaveLength(1);
});

test("where the ack was lost, that somebody has it is an answer too", async () => {
  await using bot = await linked();
  const ann = bot.contact();
  bot.sim.faults.loseAcks();
  await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "did it arrive?" });
  const { id } = await ann.hears("did it arrive?");
  await bot.receiver.next("message.sent", (event) => event.data.id === id);
  bot.sim.faults.cut();
  await bot.call("POST", "/v1/devices/default/messages", { to: ann.number, text: "and this?" });
  await ann.hears("and this?");
  expect(bot.sim.record.outgoing(id)).toMatchObject([{ answers: ["ok"] }]);
});

test("what left and had no answer cannot be taken back; what did not, can", async () => {
  const clock = new ToldClock();
  const env: Record<string, string> = {};
  await using bot = await startBot({ stands: { clock }, env });
  await bot.link();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  const people = Array.from({ length: 8 }, (_, at) => bot.contact(`6281234560${at}`, `Contact ${at}`));
  bot.sim.faults.loseAcks(people.length);
  bot.sim.faults.at("out", { do: "drop" }, { when: "receipt", times: 1_000 });
  const ids: string[] = [];
  for (const person of people) {
    ids.push((await bot.device.outbox.send({ to: person.number, content: { kind: "text", text: "hello" } })).id);
    await person.hears("hello");
  }
  env["SENDING"] = "paced";
  await bot.restart();
  await bot.connected();
  // The pace lets five go again at once; the last waits for its turn.
  const last = ids.at(-1) ?? "";
  expect(await bot.device.outbox.message(last)).toMatchObject({ state: "queued", reason: "unanswered" });
  const refused = await bot.call("POST", `/v1/devices/default/messages/${last}/cancel`);
  expect([refused.status, await refused.json()]).toMatchObject([
    409,
    { error: expect.stringContaining("has not answered yet") },
  ]);
  const { id } = await bot.device.outbox.send({
    to: people[0]?.number ?? "",
    content: { kind: "text", text: "not yet" },
  });
  expect((await bot.call("POST", `/v1/devices/default/messages/${id}/cancel`)).status).toBe(200);
  clock.wind(10_000);
  await bot.next("message.sent", ({ data }) => data.message_id === last);
});

test("a stream that ends and a server that never hangs up cost no message", async () => {
  const clock = new ToldClock();
  const env: Record<string, string> = {};
  await using bot = await startBot({ stands: { clock }, env });
  await bot.link();
  const line = await bot.sim.line();
  env["WHATSAPP_URL"] = line.url;
  await bot.restart();
  await bot.connected();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  const ann = bot.contact();
  line.mute();
  bot.sim.faults.at("out", { do: "replace", with: () => el("stream:error", { code: "503" }) }, { when: "message" });
  const ends = clock.until(() => clock.isWaiting(1_000), "the end of the stream");
  await ann.says("the last word", { to: bot.phone });
  await ends;
  const { id } = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "meanwhile" } });
  const pause = clock.until(() => bot.device.status().phase === "waiting", "the pause");
  clock.wind(1_000);
  line.heal();
  await pause;
  clock.wind(60_000);
  await ann.hears("meanwhile");
  await bot.next("message.sent", ({ data }) => data.message_id === id);
  expect(bot.events.filter(({ type }) => type === "message.failed")).toEqual([]);
});

test("whoever closes a connection that is closing waits for its end: a device never has two", async () => {
  let connection: Connection | undefined;
  const watched = (real: Connector): Connector => ({
    ...real,
    open: (...given) => (connection = real.open(...given)),
  });
  await using bot = await startBot({ stands: { connector: watched } });
  await bot.link();
  const ended: string[] = [];
  const closing = ["first", "second"].map(async (name) => {
    await connection?.close();
    ended.push(name);
  });
  await Promise.all(closing);
  expect(ended).toEqual(["first", "second"]);
});

test("a clean stop in a burst: what came is told, once and in order", async () => {
  const disk = new SlowDisk();
  await using bot = await startBot({ stands: { flush: disk.flush } });
  await bot.link();
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  const ann = bot.contact();
  disk.hold();
  const texts = Array.from({ length: 20 }, (_, place) => `message ${place}`);
  await ann.saysMany(texts, { to: bot.phone });
  await disk.asked();
  const stopped = bot.stop();
  disk.letGo();
  await stopped;
  await bot.start();
  await allCame(bot, texts);
});

test("of a connection that was replaced facts are heard, and nothing of its end", async () => {
  const hears: ((signals: readonly Signal[]) => Promise<void>)[] = [];
  const connector = (real: Connector): Connector => ({
    ...real,
    open(hold, hear, options) {
      hears.push(hear);
      return real.open(hold, hear, options);
    },
  });
  await using bot = await startBot({ stands: { connector } });
  await bot.link();
  await bot.device.stop();
  await bot.device.start();
  await bot.connected();
  const before = bot.events.length;
  const stale = hears.at(-2);
  const ended = { type: "closed", code: 401, origin: "stream", detail: "removed" } as const;
  await stale?.([ended, { type: "qr", qr: "stale", expiresAt: Date.now() + 60_000 } as Signal]);
  expect(bot.device.status()).toMatchObject({ phase: "connected", qr: null });
  expect(bot.events.slice(before)).toEqual([]);
});
