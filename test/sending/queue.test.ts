import { expect, test } from "bun:test";
import type { messageBody } from "../../src/api/v1/messages.ts";
import type { TestBot } from "../harness.ts";
import { answers, day, hour, lock, minute, settledNotices, strangers, text, told, world } from "./world.ts";

type Body = ReturnType<typeof messageBody>;
interface Answer {
  data: Body;
  code?: string;
}

const messages = "/v1/devices/default/messages";
const post = async (bot: TestBot, path: string, body?: unknown): Promise<[number, Answer]> => {
  const response = await bot.call("POST", `${messages}${path}`, body);
  return [response.status, (await response.json()) as Answer];
};

test("over HTTP: told that it waits, listed, taken back, let out by hand", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  const end = clock.now() + day;
  await lock(bot, end);
  const people = strangers(3).map((number) => bot.contact(number, "Stranger"));
  const made: Body[] = [];
  for (const { number } of people) {
    const [status, { data }] = await post(bot, "/", { to: number, text: `hello ${number}`, max_wait: 2 * 24 * 3600 });
    expect([status, data.status, data.reason]).toEqual([202, "waiting", "time_locked"]);
    expect(data.release_at).toBeGreaterThan(end / 1000);
    made.push(data);
  }
  const list = async (query: string) => {
    const response = await bot.call("GET", `${messages}?${query}`);
    const { data, cursor } = (await response.json()) as { data: Body[]; cursor: string | null };
    return { ids: data.map((each) => each.message_id), cursor };
  };
  const [one = "", two = "", three = ""] = made.map(({ message_id: id }) => id);
  const first = await list("state=waiting&limit=2");
  expect(first.ids).toEqual([three, two]);
  expect(await list(`state=waiting&limit=2&cursor=${first.cursor}`)).toEqual({ ids: [one], cursor: null });
  expect((await list("state=sent")).ids).toEqual([]);
  expect((await bot.call("GET", `${messages}?cursor=x`)).status).toBe(400);

  const [status, { data }] = await post(bot, `/${one}/cancel`);
  expect([status, data.status, data.reason, data.release_at]).toEqual([200, "cancelled", null, null]);
  expect((await bot.next("message.cancelled")).data.message_id).toBe(one);
  expect((await post(bot, `/${one}/cancel`))[1].code).toBe("conflict");
  expect((await post(bot, `/${one}/release`))[0]).toBe(409);
  expect((await post(bot, "/nobody/cancel"))[0]).toBe(404);

  // WhatsApp still refuses, which is then heeded.
  expect((await post(bot, `/${two}/release`))[1].data.status).toBe("queued");
  await bot.next("message.waiting", ({ data: { reason } }) => reason === "asking_whatsapp");
  const waiting = await bot.next(
    "message.waiting",
    ({ data: { message_id: id, release_at: at } }) => id === two && at > end / 1000,
  );
  expect(waiting.data.reason).toBe("time_locked");
  bot.phone.restrict(undefined, { told: false });
  await post(bot, `/${three}/release`);
  await people[2]?.hears(`hello ${people[2].number}`);
  expect(answers(bot, { waId: made[0]?.id ?? "" })).toEqual([]);
  expect(answers(bot, { waId: made[1]?.id ?? "" })).toEqual(["463"]);
});

test("what is released by hand overtakes what waits in the same chat, and nothing else", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await lock(bot, clock.now() + day);
  bot.phone.restrict(undefined, { told: false });
  const ann = bot.contact();
  const [first, second, third] = [
    await text(bot, ann.number, "1"),
    await text(bot, ann.number, "2"),
    await text(bot, ann.number, "3"),
  ];
  await bot.device.outbox.release(third.id);
  await ann.hears("3");
  await ann.says("hi", { to: bot.phone });
  await ann.hears("2");
  expect(ann.inbox.map((heard) => heard.id)).toEqual([third, first, second].map(({ waId }) => waId));
});

test("max_wait: what could not leave in time fails, online and offline", async () => {
  const [bot, clock] = await world();
  await using _ = bot;
  await lock(bot, clock.now() + 6 * day);
  const { number } = bot.contact();
  const code = await text(bot, number, "your code is 1234", 120);
  const news = await text(bot, number, "news");
  clock.wind(2 * minute);
  const expired = await bot.next("message.failed");
  expect(expired.data).toMatchObject({ id: code.waId, code: "expired" });
  clock.wind(day - 3 * minute);
  expect(await bot.device.outbox.message(news.id)).toMatchObject({ state: "waiting" });
  clock.wind(hour + 3 * minute);
  await bot.next("message.failed", ({ data }) => data.id === news.waId && data.code === "expired");

  bot.phone.restrict(undefined);
  await settledNotices(bot);
  await bot.device.stop();
  const { id, waId } = await text(bot, number, "another code", 120);
  expect(await bot.device.outbox.message(id)).toMatchObject({ state: "queued" });
  clock.wind(2 * minute);
  await bot.next("message.failed", ({ data }) => data.id === waId && data.code === "expired");
  expect([code, news, { waId }].flatMap((each) => answers(bot, each))).toEqual([]);
  const refused = await bot.call("POST", messages, { to: number, text: "x", max_wait: 0 });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('\\"max_wait\\" takes seconds, 1 to 2592000');
});

test("replies leave before strangers who were queued earlier", async () => {
  const [bot] = await world();
  await using _ = bot;
  const ann = bot.contact();
  const [number = ""] = strangers(1);
  const stranger = bot.contact(number, "Stranger");
  await ann.says("hi", { to: bot.phone });
  await bot.next("message.received");
  await bot.device.stop();
  await text(bot, number, "to a stranger");
  await text(bot, ann.number, "to ann");
  await bot.device.start();
  await Promise.all([ann.hears("to ann"), stranger.hears("to a stranger")]);
  expect(bot.sim.record.outgoing().map(({ to }) => to)).toEqual([ann.lid, stranger.lid]);
});

test("a full queue answers 429 and when to come back", async () => {
  const [bot] = await world({ queueLimit: 2 });
  await using _ = bot;
  await bot.device.stop();
  for (const number of strangers(2)) await text(bot, number, "hello");
  const response = await bot.call("POST", messages, { to: "628123456789", text: "one too many" });
  expect(response.status).toBe(429);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(((await response.json()) as Answer).code).toBe("queue_full");
});

test("with an Idempotency-Key a number is one person, however it is written", async () => {
  const [bot] = await world();
  await using _ = bot;
  const { number, jid } = bot.contact();
  const forms = [number, `+${number}`, ` ${number.slice(0, 2)} ${number.slice(2)}\n`, jid];
  const send = async (path: string, body: object) => {
    const answer = await bot.call("POST", path, body, { "idempotency-key": "one" });
    return ((await answer.json()) as { data?: { id: string; bulk_id: string } }).data;
  };
  const sent = [];
  for (const to of forms) sent.push((await send(messages, { to, text: "hello" }))?.id);
  expect(sent).toEqual(forms.map(() => expect.any(String)));
  expect(new Set(sent).size).toBe(1);
  const many = [];
  const bulk = "/v1/devices/default/bulk";
  for (const to of forms) many.push((await send(bulk, { to: [to], text: "hi" }))?.bulk_id);
  expect(many).toEqual(forms.map(() => expect.any(String)));
  expect(new Set(many).size).toBe(1);
});

test("an Idempotency-Key is one message, across a restart too", async () => {
  const [bot] = await world();
  await using _ = bot;
  const ann = bot.contact();
  const send = (words: string) =>
    bot.call("POST", messages, { to: ann.number, text: words }, { "idempotency-key": "order-17" });
  const first = (await (await send("hello")).json()) as Answer;
  await ann.hears("hello");
  await bot.next("message.sent");
  await bot.restart();
  await bot.connected();
  const again = await send("hello");
  expect(again.status).toBe(202);
  const { data } = (await again.json()) as Answer;
  expect([data.message_id, data.id]).toEqual([first.data.message_id, first.data.id]);
  expect(["sent", "delivered"]).toContain(data.status);
  const other = await send("something else");
  expect([other.status, ((await other.json()) as Answer).code]).toEqual([409, "idempotency_conflict"]);
  expect(bot.sim.record.outgoing()).toHaveLength(1);
  expect(told(bot, "message.sent", first.data.id)).toHaveLength(1);
});
