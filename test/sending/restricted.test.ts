import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { is } from "../../src/core/model/events/events.ts";
import type { TestBot } from "../harness.ts";
import { answers, minute, settledNotices, strangers, text, world } from "./world.ts";

/** What was told of restrictions, in order. */
const restrictions = (bot: TestBot) =>
  bot.events.flatMap((event) => (is(event, "device.restricted") ? [event.data] : []));

/** People who have written, so that what goes to them is an answer. */
async function friends(bot: TestBot, count: number) {
  const people = strangers(count).map((number) => bot.contact(number, "Friend"));
  for (const one of people) {
    const { id } = await one.says("hi", { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === id);
  }
  return people;
}

const isDelivery = ({ tag, attrs }: { tag: string; attrs: Record<string, string | undefined> }) =>
  tag === "receipt" && attrs["type"] === undefined;

const status = (bot: TestBot) => bot.device.status().sending.restrictedUntil;

test("402 holds everything for half an hour, then one message tries, and one that is taken ends it", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const [ann, bea, cem] = await friends(bot, 3);
  if (!ann || !bea || !cem) throw new Error("three friends");
  bot.phone.bar("402");
  const first = await text(bot, ann.number, "one");
  await bot.next("device.restricted");
  const { data } = await bot.next("message.waiting");
  expect(data).toMatchObject({ id: first.waId, reason: "restricted" });
  expect(restrictions(bot)).toMatchObject([{ restricted: true, cause: "402" }]);
  const until = restrictions(bot)[0]?.until ?? 0;
  expect(Math.abs(until * 1000 - clock.now() - 30 * minute)).toBeLessThan(minute);
  expect(status(bot)).toBeGreaterThan(clock.now());
  // Answers and groups wait as well.
  const rest = [await text(bot, bea.number, "two"), await text(bot, cem.number, "three")];
  for (const { state, reason } of rest) expect([state, reason]).toEqual(["waiting", "restricted"]);

  clock.wind(30 * minute + 1);
  await bot.until(() => restrictions(bot).length === 2, "the trial to fail");
  await settledNotices(bot);
  // One tried, and no other.
  expect(bot.device.status().sending.isProbing).toBe(false);
  expect(answers(bot, first)).toEqual(["402", "402"]);
  expect(rest.map((one) => answers(bot, one))).toEqual([[], []]);

  bot.phone.bar(undefined);
  clock.wind(30 * minute + 1);
  await Promise.all([ann.hears("one"), bea.hears("two"), cem.hears("three")]);
  expect(restrictions(bot).at(-1)).toEqual({ restricted: false, cause: "402", until: null });
  expect(status(bot)).toBeNull();

  // One that is let out by hand and taken ends it for all, at once.
  bot.phone.bar("402");
  const forced = await text(bot, ann.number, "four");
  await bot.next("message.waiting", (event) => event.data.id === forced.waId);
  await text(bot, bea.number, "five");
  bot.phone.bar(undefined);
  await bot.device.outbox.release(forced.id);
  await Promise.all([ann.hears("four"), bea.hears("five")]);
  expect(restrictions(bot).at(-1)?.restricted).toBe(false);
  expect(bot.events.some(({ type }) => type === "message.failed")).toBe(false);
  bot.sim.assertNoProblems();
}, 20_000);

test("403 of three people within ten minutes, none taken in between, is the account's; less fails the message", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const people = await friends(bot, 6);
  const write = async (at: number) => text(bot, people[at]?.number ?? "", `to ${at}`);
  const failsTo = async (at: number) => {
    const { waId } = await write(at);
    const { data } = await bot.next("message.failed", (event) => event.data.id === waId);
    expect(data.code).toBe("403");
  };
  bot.phone.bar("403");
  // One person is one, however often.
  for (const at of [0, 0, 0, 1]) await failsTo(at);
  bot.phone.bar(undefined);
  const taken = await write(5);
  await bot.next("message.sent", ({ data }) => data.id === taken.waId);
  bot.phone.bar("403");
  for (const at of [2, 3]) await failsTo(at);
  clock.wind(11 * minute);
  for (const at of [0, 1]) await failsTo(at);
  expect(restrictions(bot)).toEqual([]);

  const third = await write(2);
  await bot.next("device.restricted");
  expect(restrictions(bot)).toMatchObject([{ restricted: true, cause: "403" }]);
  expect(await write(3)).toMatchObject({ state: "waiting", reason: "restricted" });
  // Whose message failed the trial does not try again next time: else one who blocked us would hold everybody.
  clock.wind(30 * minute + 1);
  await bot.until(() => restrictions(bot).length === 2, "the trial to fail");
  await bot.next("message.waiting", ({ data }) => data.id === third.waId && data.reason === "contact_held");
  bot.phone.bar(undefined);
  clock.wind(30 * minute + 1);
  await Promise.all([people[3]?.hears("to 3"), people[2]?.hears("to 2")]);
  expect(answers(bot, third)).toEqual(["403", "403", "ok"]);
}, 20_000);

test("while nothing is sent after a restriction, its moment is not told for one to come", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const [ann] = await friends(bot, 1);
  if (!ann) throw new Error("a friend");
  bot.phone.bar("402");
  const { id } = await text(bot, ann.number, "one");
  await bot.next("device.restricted");
  await bot.device.outbox.cancel(id);
  clock.wind(31 * minute);
  await settledNotices(bot);
  expect(bot.device.status().sending).toMatchObject({ restrictedUntil: null, isProbing: true });
  const answer = await (await bot.call("GET", "/v1/devices/default")).json();
  expect(answer).toMatchObject({ data: { sending: { restricted_until: null, probing: true } } });
  bot.phone.bar(undefined);
  await text(bot, ann.number, "two");
  await ann.hears("two");
  await bot.until(() => restrictions(bot).length === 2, "it to be over");
  expect(bot.device.status().sending).toMatchObject({ restrictedUntil: null, isProbing: false });
});

test("a restriction outlives a restart, and a row of before knows none", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const [ann] = await friends(bot, 1);
  if (!ann) throw new Error("a friend");
  bot.phone.bar("402");
  const { waId, id } = await text(bot, ann.number, "one");
  await bot.next("message.waiting", ({ data }) => data.id === waId);
  await bot.restart();
  await bot.connected();
  expect(await bot.device.outbox.message(id)).toMatchObject({ state: "waiting", reason: "restricted" });
  expect(status(bot)).toBeGreaterThan(clock.now());

  await bot.stop();
  const file = new Database(join(bot.folder, "merpati.sqlite"));
  file.run("UPDATE device SET standing = json_remove(standing, '$.restrictedUntil', '$.restrictedBy')");
  file.close();
  bot.phone.bar(undefined);
  await bot.start();
  await bot.connected();
  expect(status(bot)).toBeNull();
  // What waits is judged anew once it is connected.
  await ann.hears("one");
}, 20_000);

test("where little arrives only strangers wait, until a message tries again", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const [ann] = await friends(bot, 1);
  if (!ann) throw new Error("a friend");
  const people = strangers(8)
    .slice(1)
    .map((number) => bot.contact(number, "Stranger"));
  // Their phones are off: WhatsApp takes what is for them, and nothing says that they have it.
  const lost = bot.sim.faults.at("out", { do: "drop" }, { when: isDelivery, times: 99 });
  const write = async (at: number) => {
    const { waId } = await text(bot, people[at]?.number ?? "", "hello");
    await bot.next("message.sent", ({ data }) => data.id === waId);
  };
  for (let at = 0; at < 5; at++) await write(at);
  expect(restrictions(bot)).toEqual([]);
  clock.wind(5 * minute);
  await write(5);
  await bot.next("device.restricted");
  expect(restrictions(bot)).toMatchObject([{ restricted: true, cause: "undelivered" }]);
  const last = await text(bot, people[6]?.number ?? "", "hello");
  expect(last).toMatchObject({ state: "waiting", reason: "restricted" });
  lost.cancel();
  await text(bot, ann.number, "an answer");
  await ann.hears("an answer");
  expect(restrictions(bot)).toHaveLength(1);
  clock.wind(30 * minute + 1);
  await people[6]?.hears("hello");
  await bot.until(() => restrictions(bot).length === 2, "it to be over");
  expect(restrictions(bot)[1]).toEqual({ restricted: false, cause: "undelivered", until: null });
}, 20_000);
