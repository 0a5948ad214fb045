import { expect, test } from "bun:test";
import { is } from "../../src/core/model/events/events.ts";
import { answers, day, hour, lock, minute, settledNotices, strangers, text, told, world } from "./world.ts";

test("six days of lock: no stranger is written to, replies go at once, then everything in order, once each", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const end = clock.now() + 6 * day;
  const cold = strangers(100);
  for (const number of cold) bot.contact(number, "Stranger");
  await lock(bot, end);

  const waiting = [];
  for (const number of cold) waiting.push(await text(bot, number, "hello", 8 * 24 * 3600));
  for (const { state, reason, notBefore } of waiting) {
    expect([state, reason]).toEqual(["waiting", "time_locked"]);
    expect(notBefore).toBeGreaterThanOrEqual(Math.floor(end / 1000) * 1000 + 5 * minute);
    expect(notBefore).toBeLessThanOrEqual(end + 30 * minute);
  }

  for (let reply = 0; reply < 20; reply++) {
    clock.wind((6 * day) / 20);
    const friend = bot.contact(String(628_120_000_000 + reply), "Friend");
    const said = await friend.says("are you there?", { to: bot.phone });
    await bot.next("message.received", ({ data }) => data.id === said.id);
    const answer = await text(bot, friend.number, `yes ${reply}`);
    await friend.hears(`yes ${reply}`);
    expect(told(bot, "message.waiting", answer.waId)).toEqual([]);
  }
  const lids = new Set(cold.map((number) => bot.contact(number).lid));
  const isCold = (to: string) => lids.has(to);
  expect(bot.sim.record.outgoing().filter(({ to }) => isCold(to))).toEqual([]);

  bot.phone.restrict(undefined, { told: false });
  clock.wind(30 * minute);
  await bot.until(() => bot.events.filter((event) => is(event, "message.sent")).length === 120, "all to be sent");
  const sent = bot.sim.record.outgoing().filter(({ to }) => isCold(to));
  // They are let go in order; who of them each is, is asked of WhatsApp side by side.
  expect(sent.map(({ id }) => id).toSorted()).toEqual(waiting.map(({ waId }) => waId).toSorted());
  expect(sent.every((one) => one.answers.join() === "ok")).toBe(true);
  const released = bot.events.filter((event) => event.type === "message.released");
  expect(released.map(({ data }) => "id" in data && data.id)).toEqual(waiting.map(({ waId }) => waId));
  bot.sim.assertNoProblems();
}, 60_000);

test("control: without a governor the bot sends into the lock", async () => {
  const [bot, clock] = await world({ judge: () => ({ go: true, priority: "cold" }) });
  await using _ = bot;
  await lock(bot, clock.now() + 6 * day);
  const [number = ""] = strangers(1);
  bot.contact(number, "Stranger");
  const { waId } = await text(bot, number, "hello");
  await bot.sim.until(() => answers(bot, { waId }).includes("463"));
});

test("a refusal leads to the lock; who writes is answered at once", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const end = Math.floor((clock.now() + day) / 1000);
  bot.phone.restrict({ is_active: true, time_enforcement_ends: String(end) }, { told: false });
  const ann = bot.contact();
  const { waId } = await text(bot, ann.number, "hello", 2 * 24 * 3600);
  const asking = await bot.next("message.waiting", ({ data }) => data.reason === "asking_whatsapp");
  expect(asking.data.id).toBe(waId);
  const locked = await bot.next("message.waiting", ({ data }) => data.reason === "time_locked");
  expect(locked.data.release_at).toBeGreaterThanOrEqual(end + 5 * 60);
  expect(answers(bot, { waId })).toEqual(["463"]);

  clock.wind(hour);
  // The message went to her number; she writes under her LID.
  await ann.says("hi", { to: bot.phone, by: "lid" });
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["463", "ok"]);
  expect(told(bot, "message.released", waId)).toHaveLength(1);
});

test("a lock that was made longer by the time it ends is obeyed", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const start = Math.floor(clock.now() / 1000);
  await lock(bot, clock.now() + hour);
  const ann = bot.contact();
  const { waId } = await text(bot, ann.number, "hello", 3 * 24 * 3600);
  bot.phone.restrict({ is_active: true, time_enforcement_ends: String(start + 2 * 24 * 3600) }, { told: false });
  clock.wind(hour + 30 * minute);
  const again = await bot.next("message.waiting", ({ data }) => data.release_at > start + 24 * 3600);
  expect(again.data).toMatchObject({ id: waId, reason: "time_locked" });
  expect(answers(bot, { waId })).toEqual([]);
  // WhatsApp lifts it early, and says so.
  bot.phone.restrict(undefined);
  await ann.hears("hello");
});

test("the lock and what waits outlive a restart", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await lock(bot, clock.now() + day);
  const ann = bot.contact();
  const { waId, id } = await text(bot, ann.number, "hello", 3 * 24 * 3600);
  await bot.restart();
  await bot.connected();
  const [number = ""] = strangers(1);
  bot.contact(number, "Stranger");
  expect(await text(bot, number, "me too")).toMatchObject({ state: "waiting", reason: "time_locked" });
  expect(await bot.device.outbox.message(id)).toMatchObject({ state: "waiting", reason: "time_locked" });
  expect(answers(bot, { waId })).toEqual([]);
  bot.phone.restrict(undefined, { told: false });
  clock.wind(day + 30 * minute);
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["ok"]);
});

test("no setting of the clock makes it leave early or stay for ever", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await lock(bot, clock.now() + day);
  const ann = bot.contact();
  const { waId } = await text(bot, ann.number, "hello", 3 * 24 * 3600);
  clock.jump(3650 * day);
  clock.wind(hour);
  await settledNotices(bot);
  expect(answers(bot, { waId })).toEqual([]);
  clock.jump(-7300 * day);
  bot.phone.restrict(undefined, { told: false });
  clock.wind(day - hour + 30 * minute);
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["ok"]);
});
