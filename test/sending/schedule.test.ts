import { expect, test } from "bun:test";
import type { messageBody } from "../../src/api/v1/messages.ts";
import type { DraftContent } from "../../src/core/model/content/draft.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { WoundClock } from "../clock.ts";
import { jpeg } from "../files.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { answers, day, hour, lock, minute, settledNotices, text, told, world } from "./world.ts";

type Body = ReturnType<typeof messageBody>;

const messages = "/v1/devices/default/messages";
async function call(bot: TestBot, method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const response = await bot.call(method, `${messages}${path}`, body, headers);
  const answer = (await response.json()) as { data: Body; error?: string; code?: string };
  return { status: response.status, ...answer };
}
const unix = (clock: WoundClock, ms: number): number => Math.floor((clock.now() + ms) / 1000);
const later = (bot: TestBot, clock: WoundClock, ms: number, words: string, more: object = {}) =>
  bot.device.outbox.send({
    to: bot.contact().number,
    content: { kind: "text", text: words },
    send_at: unix(clock, ms),
    ...more,
  });
const heard = (bot: TestBot): (string | undefined)[] => bot.contact().inbox.map((each) => each.text);

test("over HTTP: waits for its moment, holds up nobody, leaves by itself, once", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const ann = bot.contact();
  const at = unix(clock, 2 * hour);
  const made = await call(bot, "POST", "/", { to: ann.number, text: "in two hours", send_at: at });
  expect(made).toMatchObject({ status: 202, data: { status: "waiting", reason: "scheduled", release_at: at } });
  const { data } = await bot.next("message.waiting");
  expect(data).toMatchObject({ message_id: made.data.message_id, reason: "scheduled", release_at: at });
  await text(bot, ann.number, "now");
  await ann.hears("now");
  clock.wind(2 * hour - minute);
  await settledNotices(bot);
  expect(heard(bot)).toEqual(["now"]);
  clock.wind(minute);
  await ann.hears("in two hours");
  await bot.next("message.released");
  expect(answers(bot, { waId: made.data.id })).toEqual(["ok"]);
  const settled = await call(bot, "GET", `/${made.data.message_id}`);
  expect(settled.data).toMatchObject({ reason: null, release_at: null });
});

test("the schedule is listed; one is cancelled, one let out, one put off and brought forward", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const ann = bot.contact();
  const [one, two, three] = [
    await later(bot, clock, hour, "1"),
    await later(bot, clock, hour, "2"),
    await later(bot, clock, hour, "3"),
  ];
  await lock(bot, clock.now() + 2 * day);
  const held = await text(bot, "628130000007", "a stranger", 3 * 24 * 3600);
  expect(held.reason).toBe("time_locked");
  bot.phone.restrict(undefined);
  await settledNotices(bot);
  const list = async (query: string) => {
    const response = await bot.call("GET", `${messages}?${query}`);
    return ((await response.json()) as { data: Body[] }).data.map((each) => each.message_id);
  };
  expect(await list("reason=scheduled")).toEqual([three.id, two.id, one.id]);
  expect(await list("reason=scheduled&state=waiting&limit=1")).toEqual([three.id]);
  expect(await list("reason=scheduled&state=sent")).toEqual([]);
  expect((await bot.call("GET", `${messages}?reason=boredom`)).status).toBe(400);

  expect(await call(bot, "POST", `/${one.id}/cancel`)).toMatchObject({ status: 200, data: { status: "cancelled" } });
  expect(await call(bot, "POST", `/${two.id}/release`)).toMatchObject({ status: 200, data: { status: "queued" } });
  await ann.hears("2");
  const moved = await call(bot, "PATCH", `/${three.id}`, { send_at: unix(clock, day) });
  expect(moved).toMatchObject({ status: 200, data: { reason: "scheduled", release_at: unix(clock, day) } });
  await bot.next("message.waiting", (event) => event.data.release_at === moved.data.release_at);
  clock.wind(2 * hour);
  await settledNotices(bot);
  expect(heard(bot)).toEqual(["2"]);
  await call(bot, "PATCH", `/${three.id}`, { send_at: unix(clock, minute) });
  clock.wind(minute);
  await ann.hears("3");
  expect(answers(bot, one)).toEqual([]);
  expect(told(bot, "message.waiting", three.waId)).toHaveLength(3);

  const sent = await call(bot, "PATCH", `/${two.id}`, { send_at: unix(clock, day) });
  expect(sent).toMatchObject({ status: 409, code: "conflict" });
  expect(await call(bot, "PATCH", "/nobody", { send_at: unix(clock, day) })).toMatchObject({ status: 404 });
  const past = await call(bot, "PATCH", `/${three.id}`, { send_at: unix(clock, -hour) });
  expect(past).toMatchObject({ status: 400, code: "invalid" });
});

test("those of one chat leave by their moments, whatever the order they were queued in", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const made = [await later(bot, clock, 3 * hour, "third"), await later(bot, clock, hour, "first")];
  made.push(await later(bot, clock, 2 * hour, "second"), await later(bot, clock, 2 * hour, "second, too"));
  clock.wind(4 * hour);
  await bot.contact().hears("third");
  expect(heard(bot)).toEqual(["first", "second", "second, too", "third"]);
  expect(made.flatMap((each) => answers(bot, each))).toEqual(["ok", "ok", "ok", "ok"]);
});

test("outlives a restart: what fell due meanwhile leaves, the rest goes on waiting", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const [soon, late] = [await later(bot, clock, hour, "soon"), await later(bot, clock, day, "late")];
  await bot.stop();
  clock.wind(2 * hour);
  await bot.start();
  await bot.connected();
  await bot.next("message.sent", ({ data }) => data.id === soon.waId);
  expect(await bot.device.outbox.message(late.id)).toMatchObject({ state: "waiting", reason: "scheduled" });
  clock.wind(day);
  await bot.contact().hears("late");
  expect([soon, late].flatMap((each) => answers(bot, each))).toEqual(["ok", "ok"]);
  expect(told(bot, "message.waiting", late.waId)).toHaveLength(1);
});

test("one that was written down, and no more, before the process ended waits for its moment", async () => {
  const clock = new WoundClock();
  let store: Store | undefined;
  const around = (inner: Store) => (store = inner);
  await using bot = await startBot({ stands: { clock, around }, env: { WEBHOOK_URL: "" } });
  await bot.link();
  const ann = bot.contact();
  const [device] = (await store?.devices.list()) ?? [];
  const base = { id: "m1", waId: "3EB0AAAA", chat: ann.jid, content: { kind: "text", text: "later" } } as const;
  const rest = { createdAt: clock.now(), priority: 3, notBefore: 0, expiresAt: null, idempotency: null };
  await store?.messages.queue(device?.uid ?? "", { ...base, ...rest, sendAt: clock.now() + hour });
  await bot.restart();
  await bot.next("message.waiting", ({ data }) => data.message_id === "m1" && data.reason === "scheduled");
  clock.wind(hour);
  await ann.hears("later");
});

test("no setting of the clock sends it early or never", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const { waId } = await later(bot, clock, day, "in a day");
  clock.jump(3650 * day);
  clock.wind(hour);
  await settledNotices(bot);
  expect(answers(bot, { waId })).toEqual([]);
  clock.jump(-7300 * day);
  clock.wind(day - hour);
  await bot.contact().hears("in a day");
});

test("queued under a wrong clock that was put right, it leaves when that clock says so", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  clock.jump(-30 * day);
  await bot.restart();
  await bot.connected();
  // The bot has lived by the wrong clock from its start; somebody sets it, then asks.
  clock.jump(30 * day);
  await later(bot, clock, day, "tomorrow", { max_wait: 3600 });
  await bot.restart();
  await bot.connected();
  await settledNotices(bot);
  expect(heard(bot)).toEqual([]);
  clock.wind(day);
  await bot.contact().hears("tomorrow");
});

test("begun in 1970 and told the time later, it leaves at its moment", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await later(bot, clock, day, "tomorrow");
  const now = clock.now();
  clock.jump(-now);
  await bot.restart();
  await bot.connected();
  clock.wind(minute);
  clock.jump(now);
  clock.wind(day - hour);
  await settledNotices(bot);
  expect(heard(bot)).toEqual([]);
  clock.wind(hour);
  await bot.contact().hears("tomorrow");
});

test("max_wait counts from its moment", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const { waId } = await later(bot, clock, day, "good morning", { max_wait: 600 });
  const moved = await later(bot, clock, day, "good evening", { max_wait: 600 });
  await bot.device.outbox.reschedule(moved.id, unix(clock, day + 12 * hour));
  await bot.device.stop();
  clock.wind(day + 9 * minute);
  expect(told(bot, "message.failed", waId)).toEqual([]);
  clock.wind(2 * minute);
  const { data } = await bot.next("message.failed");
  expect(data).toMatchObject({ id: waId, code: "expired" });
  await bot.device.start();
  await bot.connected();
  clock.wind(12 * hour - 5 * minute);
  await bot.contact().hears("good evening");
});

test("an Idempotency-Key is one message, its moment included", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const body = { to: bot.contact().number, text: "once", send_at: unix(clock, hour) };
  const key = { "idempotency-key": "order-18" };
  const first = await call(bot, "POST", "/", body, key);
  expect((await call(bot, "POST", "/", body, key)).data).toEqual(first.data);
  const other = await call(bot, "POST", "/", { ...body, send_at: body.send_at + 1 }, key);
  expect(other).toMatchObject({ status: 409, code: "idempotency_conflict" });
  clock.wind(2 * hour);
  await bot.contact().hears("once");
  // Its moment has passed by now, and it is the same call all the same.
  expect((await call(bot, "POST", "/", body, key)).data.message_id).toBe(first.data.message_id);
});

test("what WhatsApp does not allow at its moment waits on; who writes lets nothing out early", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const { waId } = await later(bot, clock, hour, "hello");
  await lock(bot, clock.now() + day);
  clock.wind(2 * hour);
  await bot.next("message.waiting", ({ data }) => data.id === waId && data.reason === "time_locked");
  const next = await later(bot, clock, hour, "and then");
  await bot.contact().says("hi", { to: bot.phone });
  await bot.contact().hears("hello");
  await settledNotices(bot);
  expect(await bot.device.outbox.message(next.id)).toMatchObject({ state: "waiting", reason: "scheduled" });
  clock.wind(hour);
  await bot.contact().hears("and then");
});

test("a file is fetched when it is queued, and kept until its moment", async () => {
  const clock = new WoundClock();
  const env = { WEBHOOK_URL: "", OUTBOUND_ALLOW: "loopback", HISTORY_RETENTION_DAYS: "1" };
  await using bot = await startBot({ stands: { clock }, env });
  await bot.link();
  const ann = bot.contact();
  const bytes = await jpeg();
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(Uint8Array.from(bytes)) });
  const content: DraftContent = { kind: "image", url: `http://127.0.0.1:${server.port}/a.jpg` };
  const byUrl = await bot.device.outbox.send({ to: ann.number, content, send_at: unix(clock, 30 * day) });
  await server.stop(true);
  if (byUrl.content.kind !== "image") throw new Error("no picture");
  // Used meanwhile, it is not forgotten sooner.
  const now = await bot.device.outbox.send({
    to: ann.number,
    content: { kind: "image", media_id: byUrl.content.media_id },
  });
  await bot.next("message.sent", ({ data }) => data.id === now.waId);

  const said = await ann.sends({ kind: "image", bytes: Buffer.concat([bytes, Buffer.from("another")]) });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const forward: DraftContent = { kind: "forward", target: said.id };
  const passedOn = await bot.device.outbox.send({ to: ann.number, content: forward, send_at: unix(clock, 30 * day) });
  bot.sim.media.expire(said.content.imageMessage?.directPath ?? "");

  const body = new FormData();
  for (const [name, value] of Object.entries({ to: ann.number, kind: "document", max_wait: "864000" }))
    body.set(name, value);
  body.set("send_at", String(unix(clock, 30 * day)));
  body.set("file", new File(["words"], "a.txt", { type: "text/plain" }));
  const answer = await fetch(`${bot.url}${messages}`, { method: "POST", headers: { "x-api-key": adminKey }, body });
  const { data: inForm } = (await answer.json()) as { data: Body };
  expect(inForm).toMatchObject({ status: "waiting", reason: "scheduled", release_at: unix(clock, 30 * day) });

  // Files and history are pruned every ten minutes, after a day.
  for (let week = 0; week < 4; week++) clock.wind(7 * day);
  await settledNotices(bot);
  clock.wind(2 * day);
  for (const [waId, expected] of [
    [byUrl.waId, bytes],
    [passedOn.waId, Buffer.concat([bytes, Buffer.from("another")])],
    [inForm.id, Buffer.from("words")],
  ] as const) {
    const arrived = await ann.hears(({ id }) => id === waId);
    expect(ann.opens(arrived).equals(expected)).toBe(true);
  }
});

test("what speaks of a message that goes meanwhile", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const ann = bot.contact();
  const said = await ann.says("Look at this", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === said.id);
  const send = (content: DraftContent, ms: number, more: object = {}) =>
    bot.device.outbox.send({ to: ann.number, content, send_at: unix(clock, ms), ...more });
  const reaction = await send({ kind: "reaction", target: said.id, emoji: "👍" }, hour);
  const reply = await send({ kind: "text", text: "I see" }, hour, { reply_to: said.id });
  await ann.deletes(said);
  await bot.next("message.deleted");
  clock.wind(2 * hour);
  const quote = await ann.hears("I see");
  expect(quote.message.extendedTextMessage?.contextInfo).toMatchObject({ stanzaId: said.id });
  const { data } = await bot.next("message.failed");
  expect(data).toMatchObject({ id: reaction.waId, code: "gone" });
  expect(answers(bot, reaction)).toEqual([]);
  expect(answers(bot, reply)).toEqual(["ok"]);

  const own = await text(bot, ann.number, "Half past");
  await bot.next("message.sent", (event) => event.data.id === own.waId);
  const refusal = (made: Promise<unknown>) => made.catch((error: unknown) => error);
  expect(await refusal(send({ kind: "edit", target: own.id, text: "Past" }, hour))).toMatchObject({ code: "conflict" });
  const edit = await send({ kind: "edit", target: own.id, text: "Past" }, 10 * minute);
  expect(await refusal(bot.device.outbox.reschedule(edit.id, unix(clock, minute)))).toMatchObject({ code: "conflict" });
  const planned = await later(bot, clock, hour, "planned");
  const early = { kind: "reaction", target: planned.id, emoji: "👍" } as const;
  expect(await refusal(bot.device.outbox.send({ to: ann.number, content: early }))).toMatchObject({ code: "conflict" });
  expect(await refusal(send(early, minute))).toMatchObject({ code: "conflict" });
  const after = await send(early, 2 * hour);

  // The edit's time runs out while there is no connection.
  await bot.device.stop();
  clock.wind(20 * minute);
  await bot.next("message.failed", (event) => event.data.id === edit.waId && event.data.code === "expired");
  await bot.device.start();
  await bot.connected();
  clock.wind(2 * hour);
  const seen = await ann.hears(({ id }) => id === after.waId);
  expect(seen.message.reactionMessage?.key).toMatchObject({ id: planned.waId });
});

test.each([
  ["milliseconds", (now: number) => now + hour, /looks like milliseconds/],
  ["an hour ago", (now: number) => Math.floor((now - hour) / 1000), /"send_at" takes Unix seconds to come/],
  ["in two years", (now: number) => Math.floor((now + 730 * day) / 1000), /365 days ahead\. The clock here says \d+/],
  ["a date", () => "2027-01-01T09:00:00Z", /"send_at" takes Unix seconds/],
  ["half a second", (now: number) => now / 1000 + 100.5, /"send_at" takes Unix seconds/],
])("refused before anything is queued: %s", async (_name, at, sentence) => {
  const [bot, clock] = await world();
  await using _ = bot;
  const made = await call(bot, "POST", "/", { to: bot.contact().number, text: "x", send_at: at(clock.now()) });
  expect(made).toMatchObject({ status: 400, code: "invalid" });
  expect(made.error).toMatch(sentence);
  expect((await bot.device.outbox.list({ limit: 10 })).messages).toEqual([]);
});

test("a moment that has just passed is now", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  expect(await later(bot, clock, -30_000, "now")).toMatchObject({ state: "queued", sendAt: null });
  await bot.contact().hears("now");
});

test("what was to leave waits for its account to be linked again, and never leaves from another", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const other = bot.sim.phone("628999000999", { name: "Citra" });
  const link = async (phone: typeof other) => {
    await bot.device.logout();
    await phone.scan((await bot.device.qr()).qr);
    await bot.connected();
  };
  const planned = await later(bot, clock, hour, "mine to say");
  await link(bot.phone);
  const { data } = await call(bot, "GET", `/${planned.id}`);
  expect(data).toMatchObject({ status: "waiting", reason: "scheduled" });
  await link(other);
  const failed = await bot.next("message.failed");
  expect(failed.data).toMatchObject({ message_id: planned.id, code: "account_changed" });
  clock.wind(hour);
  await text(bot, bot.contact().number, "another's");
  await bot.contact().hears("another's");
  expect(heard(bot)).toEqual(["another's"]);
});
