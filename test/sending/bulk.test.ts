import { expect, test } from "bun:test";
import type { Tally } from "../../src/core/ports/bulk.ts";
import { is } from "../../src/core/model/events/events.ts";
import { jpeg } from "../files.ts";
import type { TestBot } from "../harness.ts";
import { day, hour, lock, minute, settledNotices, strangers, text, told, world } from "./world.ts";

interface Bulk {
  bulk_id: string;
  status: string;
  total: number;
  counts: Tally;
  done_at: number | null;
}
interface Part {
  message_id: string;
  id: string;
  to: string;
  status: string;
  bulk_id: string | null;
  reason: string | null;
  release_at: number | null;
}
interface Answer<T> {
  status: number;
  data: T;
  cursor?: string | null;
  error?: string;
  code?: string;
}

const bulks = "/v1/devices/default/bulk";
async function call<T = Bulk>(bot: TestBot, method: string, path: string, body?: unknown, key?: string) {
  const response = await bot.call(method, `${bulks}${path}`, body, key ? { "idempotency-key": key } : {});
  return { status: response.status, ...((await response.json()) as object) } as Answer<T>;
}
const post = (bot: TestBot, body: unknown, key?: string) => call(bot, "POST", "/", body, key);
const none = { queued: 0, waiting: 0, sending: 0, sent: 0, delivered: 0, read: 0, played: 0, failed: 0, cancelled: 0 };
const sumOf = (counts: Tally): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

test("one thing to many: it counts, it leaves, it ends, and each message is told of", async () => {
  const [bot] = await world();
  await using _ = bot;
  const people = strangers(12).map((number) => bot.contact(number, "Stranger"));
  const made = await post(bot, { to: people.map(({ number }) => number), text: "Hello, all" });
  expect(made).toMatchObject({ status: 202, data: { status: "running", total: 12 } });
  expect(sumOf(made.data.counts)).toBe(12);
  await Promise.all(people.map((person) => person.hears("Hello, all")));
  const { data: end } = await bot.next("bulk.done");
  expect(end).toMatchObject({ bulk_id: made.data.bulk_id, total: 12, cancelled: false });
  expect(sumOf(end.counts)).toBe(12);
  await bot.until(() => bot.events.filter((event) => is(event, "message.status")).length === 12, "all to be delivered");
  const bulk = await call(bot, "GET", `/${made.data.bulk_id}`);
  expect(bulk.data).toMatchObject({ status: "done", counts: { ...none, delivered: 12 } });
  expect(bulk.data.done_at).toBeNumber();
  expect((await call<Bulk[]>(bot, "GET", "/")).data).toEqual([bulk.data]);
  for (const event of bot.events)
    if (is(event, "message.sent") || is(event, "message.status")) expect(event.data.bulk_id).toBe(made.data.bulk_id);

  const parts = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?limit=8`);
  expect(parts.data.map(({ to }) => to)).toEqual(people.slice(0, 8).map(({ jid }) => jid));
  const rest = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?limit=8&cursor=${parts.cursor}`);
  expect([rest.data.length, rest.cursor]).toEqual([4, null]);
  expect(rest.data[0]).toMatchObject({
    status: "delivered",
    bulk_id: made.data.bulk_id,
    content: { text: "Hello, all" },
  });
  expect((await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?status=failed`)).data).toEqual([]);
  expect((await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?status=delivered`)).data).toHaveLength(12);
  expect(await call(bot, "POST", `/${made.data.bulk_id}/cancel`)).toMatchObject({ status: 409, code: "conflict" });
  expect(await call(bot, "GET", "/nothing")).toMatchObject({ status: 404 });
  expect(await call(bot, "GET", `/${made.data.bulk_id}/messages?status=lost`)).toMatchObject({ status: 400 });
});

test("many things: each is its own, and what WhatsApp refuses is counted", async () => {
  const [bot] = await world();
  await using _ = bot;
  const [one, two] = strangers(2).map((number) => bot.contact(number, "Stranger"));
  if (!one || !two) throw new Error("two strangers");
  bot.sim.faults.refuseMessages("404");
  const made = await post(bot, {
    messages: [
      { to: one.number, text: "Dear One" },
      { to: two.number, content: { kind: "poll", question: "Tea?", options: ["yes", "no"] } },
      { to: two.number, text: "Dear Two", mentions: [one.number] },
    ],
  });
  expect(made.status).toBe(202);
  const { data } = await bot.next("bulk.done");
  expect(data.counts.failed).toBe(1);
  const { data: failed } = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?status=failed`);
  expect(failed).toMatchObject([{ reason: "404" }]);
  // Strangers are looked up side by side, so WhatsApp may refuse the first message of either.
  const refused = failed[0]?.to === one.jid ? "Dear One" : "Tea?";
  const heard = [one, two].flatMap(({ inbox }) =>
    inbox.map(({ message, text }) => message.pollCreationMessage?.name ?? text),
  );
  expect(heard).toEqual(["Dear One", "Tea?", "Dear Two"].filter((text) => text !== refused));
});

test("nothing is queued when anything cannot be sent, and its place is named", async () => {
  const [bot] = await world();
  await using _ = bot;
  const [a = "", b = ""] = strangers(2);
  const long = "x".repeat(65_537);
  const refused: [unknown, string][] = [
    [{ to: [a, b, "Ann"], text: "hi" }, '"to.2" takes a phone number'],
    [{ to: [a, b, a], text: "hi" }, '"to.2" is the same as "to.0"'],
    [{ to: [a, `${a}@s.whatsapp.net`], text: "hi" }, '"to.1" is the same as "to.0"'],
    [{ to: [], text: "hi" }, '"to" takes 1 to 10000'],
    [{ to: [a] }, '"text" is missing'],
    [{ text: "hi" }, '"to" is missing'],
    [{ to: [a], messages: [{ to: b, text: "hi" }] }, '"to" does not go with "messages"'],
    [{ messages: [{ to: a, text: "hi" }], text: "hi" }, '"text" does not go with "messages"'],
    [{ messages: [{ to: a, text: "hi" }, { to: b }] }, '"messages.1.text" is missing'],
    [{ messages: [{ to: a, text: "hi" }, { text: "hi" }] }, '"messages.1.to" is missing'],
    [
      {
        messages: [
          { to: a, text: "hi" },
          { to: "x", text: "hi" },
        ],
      },
      '"messages.1.to" takes a phone number',
    ],
    [
      {
        messages: [
          { to: a, text: "hi" },
          { to: b, text: long },
        ],
      },
      '"messages.1.text" takes a text of 1 to',
    ],
    [
      {
        messages: [
          { to: a, text: "hi" },
          { to: b, content: { kind: "poll", question: "?", options: ["a"] } },
        ],
      },
      '"messages.1.content.options" takes 2 to 12',
    ],
    [{ to: [a, b], text: "hi", mentions_everyone: true }, '"to.0": "mentions_everyone" is for groups'],
    [{ to: [a], text: "hi", interval: 0 }, '"interval" takes seconds between two of them'],
    [
      { messages: [{ to: a, text: "1", send_at: 4_000_000_000 }], interval: 5 },
      '"messages.0.send_at" does not go with',
    ],
    [{ to: [a, b], text: "hi", send_at: 1 }, '"to.0": "send_at" takes Unix seconds to come'],
    [{ to: [a, b], content: { kind: "image", media_id: "none" } }, '"to.0": "content.media_id" names no file'],
  ];
  for (const [body, sentence] of refused) {
    const answer = await post(bot, body);
    expect([answer.status >= 400 && answer.status < 410, answer.error]).toEqual([
      true,
      expect.stringContaining(sentence),
    ]);
  }
  expect((await bot.device.outbox.list({ limit: 10 })).messages).toEqual([]);
  expect((await call<Bulk[]>(bot, "GET", "/")).data).toEqual([]);
});

test("everything wrong with its rows is named in one answer, up to fifty", async () => {
  const [bot] = await world();
  await using _ = bot;
  const [a = "", b = ""] = strangers(2);
  const ann = bot.contact();
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  interface Rows {
    error: string;
    code: string;
    rows?: { field: string; error: string; code: string }[];
  }
  const rowsOf = async (body: unknown): Promise<Rows> => (await bot.call("POST", bulks, body)).json() as Promise<Rows>;
  const doubled = await rowsOf({ to: [ann.number, "Zork", ann.lid, a, b, a, " "], text: "hi" });
  expect(doubled.rows?.map(({ field }) => field)).toEqual(["to.1", "to.2", "to.5", "to.6"]);
  expect(doubled.rows?.[1]?.error).toBe('"to.2" is the same as "to.0": name everybody once.');
  expect(doubled.error).toEndWith('3 more are refused: "rows" names them.');

  const mixed = await rowsOf({
    messages: [
      { to: a, text: "hi", zork: 1 },
      { to: a },
      null,
      { to: a, text: "fine" },
      { to: "x", text: "hi" },
      { to: a, content: { kind: "poll", question: "?", options: ["a"] } },
      { to: a, text: "hi", reply_to: { id: "x", zork: 1 } },
    ],
  });
  expect(mixed.rows?.map(({ field }) => field)).toEqual([
    "messages.0.zork",
    "messages.1.text",
    "messages.2",
    "messages.4.to",
    "messages.5.content.options",
    "messages.6.reply_to.zork",
  ]);
  expect(mixed.rows?.every(({ error, field }) => error.includes(`"${field}"`))).toBe(true);

  const most = await rowsOf({ messages: Array.from({ length: 60 }, (_, place) => (place < 55 ? { to: a } : null)) });
  expect(most.rows).toHaveLength(50);
  expect(most.error).toEndWith('At least 49 more are refused: "rows" names them.');
  const fewer = await rowsOf({ messages: Array.from({ length: 49 }, () => ({ to: a })) });
  expect([fewer.rows?.length, fewer.error.includes("At least")]).toEqual([49, false]);
  expect((await rowsOf({ to: [a, "Zork"], text: "hi" })).rows).toBeUndefined();
  // What is wrong with the one thing to all of them is said once.
  expect(await rowsOf({ to: [a, b], content: { kind: "image", media_id: "none" } })).not.toHaveProperty("rows");
  expect((await bot.device.outbox.list({ limit: 10 })).messages).toEqual([]);
});

test("an Idempotency-Key is one bulk, in its present state, across a restart", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const to = strangers(3);
  for (const number of to) bot.contact(number, "Stranger");
  const first = await post(bot, { to, text: "once" }, "campaign-1");
  await bot.next("bulk.done");
  await bot.restart();
  await bot.connected();
  const again = await post(bot, { to, text: "once" }, "campaign-1");
  expect(again).toMatchObject({ status: 202, data: { bulk_id: first.data.bulk_id, status: "done" } });
  expect(await post(bot, { to, text: "twice" }, "campaign-1")).toMatchObject({ code: "idempotency_conflict" });
  expect(bot.sim.record.outgoing()).toHaveLength(3);

  const later = { to, text: "later", send_at: Math.floor(clock.now() / 1000) + 60 };
  const [one, other] = await Promise.all([post(bot, later, "campaign-2"), post(bot, later, "campaign-2")]);
  expect(one.data.bulk_id).toBe(other.data.bulk_id);
  clock.wind(hour);
  expect((await post(bot, later, "campaign-2")).data.bulk_id).toBe(one.data.bulk_id);
});

test("its end is told though the process ended before it could", async () => {
  const [bot] = await world();
  await using _ = bot;
  await bot.device.stop();
  const made = await post(bot, { to: strangers(3), text: "never" });
  await call(bot, "POST", `/${made.data.bulk_id}/cancel`);
  await bot.restart();
  // It may be told before the test listens again, so it is looked for in the log.
  const inLog = async () => (await bot.device.events(0, 500)).find((event) => is(event, "bulk.done"));
  let end = await inLog();
  // Timers have their turn between two looks.
  for (; !end; end = await inLog()) await new Promise<void>((go) => void setImmediate(go));
  expect(end.data).toMatchObject({ bulk_id: made.data.bulk_id, counts: { cancelled: 3 } });
});

test("progress is told whenever a hundredth of it has left, once a second at most", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await bot.device.stop();
  const made = await post(bot, { to: strangers(300), text: "hello" });
  const { data } = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?limit=10`);
  for (const { message_id: id } of data) {
    await bot.device.outbox.cancel(id);
    clock.wind(300);
    await call(bot, "GET", `/${made.data.bulk_id}`);
  }
  const told = () =>
    bot.events.filter((event) => is(event, "bulk.progress")).map((event) => event.data.counts.cancelled);
  expect(told()).toEqual([3, 7]);
  clock.wind(300);
  await bot.next("bulk.progress", (event) => event.data.counts.cancelled === 10);
  expect(told()).toEqual([3, 7, 10]);
});

test("replies overtake it, the queue's limit holds, and what has not left is taken back", async () => {
  const [bot] = await world({ queueLimit: 20 });
  await using _ = bot;
  const ann = bot.contact();
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  await bot.device.stop();
  const cold = strangers(18);
  const made = await post(bot, { to: cold, text: "hello" });
  expect(made.data.counts).toEqual({ ...none, queued: 18 });
  const full = await post(bot, { to: strangers(3), text: "too many" });
  expect(full).toMatchObject({ status: 429, code: "queue_full" });
  expect(full.error).toContain("send 2 or fewer now");
  const reply = await text(bot, ann.number, "hi, Ann");
  const lids = new Set(cold.map((number) => bot.contact(number, "Stranger").lid));
  await bot.device.start();
  await bot.next("bulk.done");
  expect(bot.sim.record.outgoing()[0]?.id).toBe(reply.waId);

  await bot.device.stop();
  const second = await post(bot, { to: cold, text: "again" });
  const other = await text(bot, ann.number, "not part of it");
  const taken = await call(bot, "POST", `/${second.data.bulk_id}/cancel`);
  expect(taken).toMatchObject({ status: 200, data: { status: "cancelling", counts: { ...none, cancelled: 18 } } });
  const { data } = await bot.next("bulk.done", (event) => event.data.bulk_id === second.data.bulk_id);
  expect(data).toMatchObject({ cancelled: true, counts: { ...none, cancelled: 18 } });
  expect(bot.events.filter(({ type }) => type === "message.cancelled")).toEqual([]);
  expect((await call(bot, "GET", `/${second.data.bulk_id}`)).data.status).toBe("cancelled");
  await bot.device.start();
  await bot.next("message.sent", (event) => event.data.id === other.waId);
  expect(bot.sim.record.outgoing().filter(({ to }) => lids.has(to))).toHaveLength(18);
});

test("the governor holds back its strangers, quietly, and it goes on when it may", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await lock(bot, clock.now() + day);
  const people = strangers(30).map((number) => bot.contact(number, "Stranger"));
  const ann = bot.contact();
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.sender_phone === ann.number);
  const to = [...people.map(({ number }) => number), ann.number];
  const made = await post(bot, { to, text: "news", max_wait: 3 * 24 * 3600 });
  expect(made.data.counts.waiting).toBe(30);
  await bot.next("message.sent", (event) => event.data.chat === ann.jid);
  const waiting = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages?status=waiting&limit=1`);
  expect(waiting.data).toMatchObject([{ reason: "time_locked" }]);
  bot.phone.restrict(undefined, { told: false });
  clock.wind(day + 30 * minute);
  await Promise.all(people.map((person) => person.hears("news")));
  const { data } = await bot.next("bulk.done");
  expect(data.counts.failed).toBe(0);
  const ids = new Set(bot.events.filter((event) => is(event, "message.sent")).map(({ data: sent }) => sent.bulk_id));
  expect([...ids]).toEqual([made.data.bulk_id]);
  for (const type of ["message.waiting", "message.released"])
    expect(bot.events.filter((event) => event.type === type)).toEqual([]);
  expect(bot.sim.record.outgoing().every((one) => one.answers.join() === "ok")).toBe(true);
});

test("for later, and one after the other", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const people = strangers(3).map((number) => bot.contact(number, "Stranger"));
  const start = Math.floor(clock.now() / 1000) + 3600;
  const to = people.map(({ number }) => number);
  const made = await post(bot, { to, text: "drip", send_at: start, interval: 600 });
  expect(made.data.counts).toEqual({ ...none, waiting: 3 });
  const parts = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages`);
  expect(parts.data.map((part) => [part.reason, part.release_at])).toEqual(
    [0, 600, 1200].map((after) => ["scheduled", start + after]),
  );
  const heard = () => people.map(({ inbox }) => inbox.length);
  clock.wind(hour + minute);
  await people[0]?.hears("drip");
  await settledNotices(bot);
  expect(heard()).toEqual([1, 0, 0]);
  await bot.restart();
  await bot.connected();
  clock.wind(10 * minute);
  await people[1]?.hears("drip");
  await call(bot, "POST", `/${made.data.bulk_id}/cancel`);
  const { data } = await bot.next("bulk.done");
  expect(data).toMatchObject({ cancelled: true, counts: { cancelled: 1 } });
  clock.wind(hour);
  await settledNotices(bot);
  expect(heard()).toEqual([1, 1, 0]);

  const soon = await post(bot, { to, text: "and now", interval: 60 });
  await people[0]?.hears("and now");
  expect(soon.data.counts.waiting).toBe(2);
});

test("one of its messages is let out or taken back by hand, which is told", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const [one, two] = strangers(2).map((number) => bot.contact(number, "Stranger"));
  const at = Math.floor(clock.now() / 1000) + 3600;
  const made = await post(bot, { to: [one?.number, two?.number], text: "later", send_at: at });
  const { data: parts } = await call<Part[]>(bot, "GET", `/${made.data.bulk_id}/messages`);
  await bot.device.outbox.release(parts[1]?.message_id ?? "");
  await two?.hears("later");
  await bot.device.outbox.cancel(parts[0]?.message_id ?? "");
  expect((await bot.next("message.cancelled")).data).toMatchObject({ bulk_id: made.data.bulk_id });
  expect(told(bot, "message.released", parts[1]?.id ?? "")).toHaveLength(1);
  const { data } = await bot.next("bulk.done");
  expect(data).toMatchObject({ cancelled: false, counts: { cancelled: 1 } });
});

test("a file is fetched once and uploaded once, however many get it", async () => {
  const [bot] = await world({ env: { OUTBOUND_ALLOW: "loopback" } });
  await using _ = bot;
  const people = strangers(40).map((number) => bot.contact(number, "Stranger"));
  const bytes = await jpeg();
  let asked = 0;
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => (asked++, new Response(Uint8Array.from(bytes))),
  });
  const content = { kind: "image", url: `http://127.0.0.1:${server.port}/a.jpg`, caption: "Look" };
  const before = bot.sim.media.size;
  const made = await post(bot, { to: people.map(({ number }) => number), content });
  await bot.next("bulk.done");
  expect(asked).toBe(1);
  expect(bot.sim.media.size).toBe(before + 1);
  for (const person of people) {
    const heard = await person.hears("Look");
    expect(person.opens(heard).equals(bytes)).toBe(true);
  }
  const messages = Array.from({ length: 101 }, (_each, place) => ({
    to: people[0]?.number,
    content: { kind: "document", base64: Buffer.from(`file ${place}`).toString("base64") },
  }));
  expect((await post(bot, { messages })).error).toContain('"messages.100": A bulk takes at most 100 different');
  expect(made.status).toBe(202);
});

test("ten thousand make a hundred events of progress at most, and the last is the end", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await bot.device.stop();
  const group = bot.sim.group("Pigeons", [bot.contact(), bot.phone]);
  const messages = Array.from({ length: 10_000 }, (_each, place) => ({ to: group.id, text: `${place}` }));
  const made = await post(bot, { messages, max_wait: 60 });
  expect(made.data.counts).toEqual({ ...none, queued: 10_000 });
  clock.wind(2 * minute);
  const { data } = await bot.next("bulk.done");
  expect(data.counts).toEqual({ ...none, failed: 10_000 });
  const progress = bot.events.filter((event) => is(event, "bulk.progress"));
  expect(progress.length).toBeLessThanOrEqual(100);
  const settled = progress.map(({ data: { counts } }) => counts.failed);
  expect(settled.toSorted((one, other) => one - other)).toEqual(settled);
}, 60_000);

test("other tenants and keys without the scope see nothing of it", async () => {
  const [bot] = await world();
  await using _ = bot;
  const [number = ""] = strangers(1);
  bot.contact(number, "Stranger");
  const made = await bot.device.bulk.send({ to: [number], draft: { content: { kind: "text", text: "x" } } });
  const reader = bot.app.as({ tenant: "default", key: "k", scopes: ["read"], devices: null });
  expect((await reader.device("default").bulk.get(made.bulk.id)).bulk.total).toBe(1);
  const refused = (work: Promise<unknown>) => work.catch((error: unknown) => error);
  expect(await refused(reader.device("default").bulk.cancel(made.bulk.id))).toMatchObject({ code: "forbidden" });
  const writer = bot.app.as({ tenant: "default", key: "k", scopes: ["send"], devices: null });
  expect(await refused(writer.device("default").bulk.get(made.bulk.id))).toMatchObject({ code: "forbidden" });
  const second = await bot.workspace.createDevice("second");
  expect(await refused(second.bulk.get(made.bulk.id))).toMatchObject({ code: "not_found" });
  expect(
    await refused(second.bulk.send({ to: [number], draft: { content: { kind: "text", text: "x" } } })),
  ).toMatchObject({
    code: "not_linked",
  });
});
