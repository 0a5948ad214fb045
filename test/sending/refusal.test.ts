import { expect, test } from "bun:test";
import { serverAnswer } from "../../src/core/policy/server-answers.ts";
import { answers, day, hour, minute, settledNotices, strangers, text, told, world } from "./world.ts";

/** Takes people by either name, so that the second attempt can be seen to arrive. */
const eitherName = { simulator: { accounts: "unknown" } } as const;

const isMex = (stanza: { tag: string; attrs: Record<string, string | undefined> }) =>
  stanza.tag === "iq" && stanza.attrs["xmlns"] === "w:mex";

test("refused without a lock: the contact rests for a day, others do not, and nothing is tried again at once", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const ann = bot.contact();
  // So long ago that she is a stranger again.
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  clock.wind(22 * day);
  // By the one name, and by the other.
  bot.sim.faults.refuseMessages("463", 2);
  const { waId, id } = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "contact_held");
  const { notBefore } = await bot.device.outbox.message(id);
  expect(Math.abs(notBefore - clock.now() - day)).toBeLessThan(minute);

  const [other = ""] = strangers(1);
  const stranger = bot.contact(other, "Stranger");
  await text(bot, other, "hello, stranger");
  await stranger.hears("hello, stranger");
  // She is the same person under her LID.
  expect(await text(bot, ann.lid, "hello again")).toMatchObject({ state: "waiting", reason: "contact_held" });

  clock.wind(23 * hour);
  await settledNotices(bot);
  expect(answers(bot, { waId })).toEqual(["463", "463"]);
  clock.wind(hour + minute);
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["463", "463", "ok"]);
});

test("refused without a lock: who writes is written to at once", async () => {
  const [bot] = await world();
  await using _ = bot;
  bot.sim.faults.refuseMessages("463", 2);
  const ann = bot.contact();
  const { waId } = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "contact_held");
  await ann.says("hi", { to: bot.phone });
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["463", "463", "ok"]);
});

test("refused without a lock: the other name is tried once, with the same id, and remembered", async () => {
  const [bot] = await world(eitherName);
  await using _ = bot;
  const ann = bot.contact();
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  const to: string[] = [];
  bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction === "in" && stanza.tag === "message") to.push(stanza.attrs["to"] ?? "");
  });
  bot.sim.faults.refuseMessages("463");
  const { waId } = await text(bot, ann.number, "hello");
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["463", "ok"]);
  await text(bot, ann.number, "once more");
  await ann.hears("once more");
  expect(to).toEqual([ann.jid, ann.lid, ann.lid]);
  expect(
    bot.events.some(
      ({ type, data }) => type === "message.waiting" && "reason" in data && data.reason === "contact_held",
    ),
  ).toBe(false);
});

test("the pause that WhatsApp asks for is kept, for the other name too", async () => {
  const [bot, clock] = await world(eitherName);
  await using _ = bot;
  const ann = bot.contact();
  bot.sim.faults.markAcks({ error: "463", backoff: "600" });
  const { waId, id } = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "contact_held");
  const { notBefore } = await bot.device.outbox.message(id);
  expect(Math.abs(notBefore - clock.now() - 10 * minute)).toBeLessThan(minute);
  clock.wind(11 * minute);
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["463", "ok"]);
});

test("found malformed, the other name is tried once, with the same id", async () => {
  const [bot] = await world(eitherName);
  await using _ = bot;
  const ann = bot.contact();
  bot.sim.faults.refuseMessages("400");
  const { waId } = await text(bot, ann.number, "hello");
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["400", "ok"]);
  bot.sim.faults.refuseMessages("400", 2);
  const second = await text(bot, ann.number, "hello again");
  const { data } = await bot.next("message.failed");
  expect(data).toMatchObject({ id: second.waId, code: "400" });
  expect(answers(bot, second)).toEqual(["400", "400"]);
});

test("a refused reply does not loop, even when the account is locked", async () => {
  const [bot] = await world();
  await using _ = bot;
  const ann = bot.contact();
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  bot.phone.restrict({ is_active: true }, { told: false });
  bot.sim.faults.refuseMessages("463");
  const { waId } = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "contact_held");
  await settledNotices(bot);
  expect(answers(bot, { waId })).toEqual(["463"]);
});

test("no answer to the question holds strangers for a while, and not for ever", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  bot.sim.faults.at("in", { do: "drop" }, { when: isMex, times: 99 });
  bot.sim.faults.refuseMessages("463", 2);
  const ann = bot.contact();
  const refused = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "asking_whatsapp");
  const [number = ""] = strangers(1);
  const stranger = bot.contact(number, "Stranger");
  expect(await text(bot, number, "hello, stranger")).toMatchObject({ state: "waiting", reason: "asking_whatsapp" });
  clock.wind(2 * minute);
  await stranger.hears("hello, stranger");
  await bot.until(() => told(bot, "message.waiting", refused.waId).length === 2, "it to wait again");
  clock.wind(4 * minute);
  await bot.next("message.waiting", ({ data }) => data.reason === "contact_held");
  expect(answers(bot, refused)).toEqual(["463", "463"]);
});

test("a refusal that a lock explains does not hold the contact beyond it", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const end = String(Math.floor((clock.now() + hour) / 1000));
  bot.phone.restrict({ is_active: true, time_enforcement_ends: end }, { told: false });
  const ann = bot.contact();
  const { waId } = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "time_locked");
  bot.phone.restrict(undefined, { told: false });
  clock.wind(hour + 30 * minute);
  await ann.hears("hello");
  expect(answers(bot, { waId })).toEqual(["463", "ok"]);
});

test("a question that was lost with its connection is asked again", async () => {
  const [bot] = await world();
  await using _ = bot;
  bot.sim.faults.at("in", { do: "drop" }, { when: isMex });
  bot.sim.faults.refuseMessages("463");
  await text(bot, bot.contact().number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "asking_whatsapp");
  const [number = ""] = strangers(1);
  const stranger = bot.contact(number, "Stranger");
  await text(bot, number, "hello, stranger");
  await bot.restart();
  await stranger.hears("hello, stranger");
});

test.each(["479", "404"])("WhatsApp's %s fails the message", async (code) => {
  const [bot] = await world();
  await using _ = bot;
  bot.sim.faults.refuseMessages(code);
  const { waId, id } = await text(bot, bot.contact().number, "hello");
  const { data } = await bot.next("message.failed");
  expect(data).toMatchObject({ id: waId, code });
  const error = serverAnswer(code).words;
  expect(await bot.device.outbox.message(id)).toMatchObject({ state: "failed", reason: code, error });
  expect(answers(bot, { waId })).toEqual([code]);
});

test("used-up new chats wait for the cycle's end, or for word that there are more", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const end = String(Math.floor((clock.now() + 3 * day) / 1000));
  const cap = { capping_status: "CAPPED", total_quota: 5, used_quota: 5, cycle_end_timestamp: end } as const;
  bot.phone.cap(cap);
  await settledNotices(bot);
  const [first, second] = strangers(2).map((number) => bot.contact(number, "Stranger"));
  if (!first || !second) throw new Error("two strangers");
  const one = await text(bot, first.number, "one", 5 * 24 * 3600);
  expect(one).toMatchObject({ state: "waiting", reason: "capped" });
  clock.wind(3 * day + minute);
  await first.hears("one");

  bot.phone.cap({ ...cap, cycle_end_timestamp: String(Number(end) + 30 * 24 * 3600) });
  await settledNotices(bot);
  const two = await text(bot, second.number, "two");
  expect(two).toMatchObject({ state: "waiting", reason: "capped" });
  bot.phone.cap({ capping_status: "SECOND_WARNING", total_quota: 9, used_quota: 8 });
  await second.hears("two");
  expect(told(bot, "message.released", two.waId)).toHaveLength(1);
  expect(answers(bot, two)).toEqual(["ok"]);
});

test("refused without a lock: who gives us their token is written to at once", async () => {
  // Nobody tells the salt that would do as well.
  const [bot, clock] = await world({ simulator: { historySync: false } });
  await using _ = bot;
  const ann = bot.contact();
  ann.refusesStrangers();
  const { waId } = await text(bot, ann.number, "hello");
  await bot.next("message.waiting", ({ data }) => data.reason === "contact_held");
  ann.trusts(bot.phone);
  await ann.hears("hello");
  // By either name, and with the token.
  expect(answers(bot, { waId })).toEqual(["463", "463", "ok"]);
  // Somebody else's token lets nobody else out.
  const ben = bot.contact("628120000002", "Ben");
  ben.refusesStrangers();
  const second = await text(bot, ben.number, "hello, Ben");
  await bot.next("message.waiting", ({ data }) => data.id === second.waId && data.reason === "contact_held");
  ann.trusts(bot.phone);
  await settledNotices(bot);
  clock.wind(minute);
  expect(answers(bot, second)).toEqual(["463", "463"]);
});

test("what failed or was taken back is sent again as a message of its own; what was sent, and what is no message, is not", async () => {
  const [bot] = await world();
  await using _ = bot;
  const ann = bot.contact();
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  bot.sim.faults.refuseMessages("405");
  const failed = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "*again*" } });
  await bot.next("message.failed", ({ data }) => data.message_id === failed.id);
  const again = await bot.device.outbox.retry(failed.id);
  expect([again.id === failed.id, again.waId === failed.waId, again.content]).toEqual([false, false, failed.content]);
  const heard = await ann.hears("*again*");
  expect(heard.id).toBe(again.waId);
  await bot.next("message.sent", ({ data }) => data.message_id === again.id);
  const refused = (id: string) => bot.device.outbox.retry(id).catch(({ code }: { code: string }) => code);
  expect(await refused(again.id)).toBe("conflict");
  expect(await refused("nothing")).toBe("not_found");
  const react = { kind: "reaction", target: heard.id, emoji: "👍" } as const;
  const reaction = await bot.device.outbox.send({
    to: ann.number,
    content: react,
    send_at: Math.floor(Date.now() / 1_000) + 3_600,
  });
  await bot.device.outbox.cancel(reaction.id);
  expect(await refused(reaction.id)).toBe("conflict");
  const reader = bot.app.as({ tenant: "default", key: "test", scopes: ["read"], devices: null }).device("default");
  expect(await reader.outbox.retry(failed.id).catch(({ code }: { code: string }) => code)).toBe("forbidden");
});
