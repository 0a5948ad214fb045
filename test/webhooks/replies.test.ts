import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";
import { Receiver, type Received } from "../receiver.ts";

interface Delivery {
  event_id: string;
  status: string;
  attempts: number;
  error: string | null;
}

let bot: TestBot;
let receiver: Receiver;
let webhook: string;
beforeAll(async () => {
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  receiver = new Receiver();
  const body = { url: receiver.url, events: ["message.received", "message.sent"], replies: true };
  const made = await bot.call("POST", "/v1/webhooks", body);
  webhook = ((await made.json()) as { data: { id: string } }).data.id;
});
beforeEach(() => {
  receiver.answer = () => new Response();
});
afterAll(async () => {
  await receiver.stop();
  await bot[Symbol.asyncDispose]();
});

const ann = () => bot.contact();
const says = async (text: string): Promise<string> => (await ann().says(text, { to: bot.phone })).id;
/** Answers so to what somebody says with this text; a `Response` as it is. */
const answering = (text: string, body: unknown) => {
  receiver.answer = ({ event: { data } }: Received) =>
    "content" in data && "text" in data.content && data.content.text === text && "from_me" in data
      ? body instanceof Response
        ? body
        : Response.json(body)
      : new Response("ok");
};
const eventOf = async (id: string): Promise<string> =>
  (await bot.next("message.received", ({ data }) => data.id === id)).id;
const delivery = async (event: string): Promise<Delivery> => {
  await receiver.until(() => receiver.events.some(({ id }) => id === event), "the delivery");
  const answer = await bot.call("GET", `/v1/webhooks/${webhook}/deliveries/${event}`);
  return ((await answer.json()) as { data: Delivery }).data;
};
const settled = async (event: string): Promise<Delivery> => {
  for (let found = await delivery(event); ; found = await delivery(event))
    if (found.status === "delivered" || found.status === "dead") return found;
};
const sentTexts = async (): Promise<string[]> => {
  const { data } = (await (await bot.call("GET", "/v1/devices/default/messages?limit=500")).json()) as {
    data: { content: { text?: string } }[];
  };
  return data.map(({ content }) => content.text ?? "");
};

test("what a receiver answers is sent into the chat of the event, once by the event's id", async () => {
  answering("ping", { reply: { text: "pong" } });
  const id = await says("ping");
  await ann().hears("pong");
  const event = await eventOf(id);
  expect(await settled(event)).toMatchObject({ status: "delivered", error: null });

  // Delivered again, even with another answer, it is not said again.
  answering("ping", { reply: { text: "pong, once more" } });
  await bot.call("POST", `/v1/webhooks/${webhook}/deliveries/${event}/redeliver`);
  await receiver.until(() => receiver.events.filter(({ id: each }) => each === event).length === 2, "it again");
  expect(await settled(event)).toMatchObject({ status: "delivered", error: null });
  const texts = await sentTexts();
  expect(texts.filter((text) => text === "pong")).toHaveLength(1);
  expect(texts).not.toContain("pong, once more");
});

test("several are sent in their order, with all that a draft may say", async () => {
  const asked = await says("where?");
  answering("where, please?", {
    reply: [{ text: "Here:", reply_to: asked }, { content: { kind: "location", latitude: -6.2, longitude: 106.8 } }],
  });
  await says("where, please?");
  const first = await ann().hears("Here:");
  expect(first.message.extendedTextMessage?.contextInfo?.stanzaId).toBe(asked);
  await ann().hears(({ message }) => message.locationMessage != null);
});

test("a reply that cannot be sent is told in the delivery's error, and the event counts as delivered", async () => {
  for (const [body, error] of [
    [{ reply: { txet: "pong" } }, '"reply.txet" is not a field here'],
    [{ reply: [{ text: "a", content: { kind: "text", text: "b" } }] }, '"reply.0" takes either "text" or "content".'],
    [{ reply: "pong" }, '"reply" takes an object like'],
    [{ reply: Array.from({ length: 11 }, () => ({ text: "a" })) }, "up to 10 drafts"],
    [{ reply: { content: { kind: "nonsense" } } }, "reply 1 was not sent"],
    [{ reply: { text: "x".repeat(65_537) } }, "longer than 65536 bytes"],
    [[{ reply: { text: "a" } }], "The answer is a list"],
    [{ replies: [{ text: "a" }] }, '"replies" in the answer is not read: call it "reply".'],
    [{ reply: { text: 5 } }, "reply 1 was not sent"],
    [{ reply: { text: "a", mentions: "628" } }, "reply 1 was not sent"],
    [{ reply: { content: { kind: "document", name: "a", file: { path: "/etc/hostname" } } } }, "reply 1 was not sent"],
  ] as const) {
    const text = `bad ${JSON.stringify(body).slice(0, 40)}`;
    answering(text, body);
    const event = await eventOf(await says(text));
    const found = await settled(event);
    expect(found).toMatchObject({ status: "delivered", attempts: 1 });
    if (error === null) expect(found.error).toBeNull();
    else expect(found.error).toContain(error);
  }
});

test("a reply in another character set is converted, and one that cannot be read is told and not sent", async () => {
  const body = (text: string) => JSON.stringify({ reply: { text } });
  const latin = Buffer.from(body("Olá"), "latin1");
  const typed = { headers: { "content-type": "application/json; charset=iso-8859-1" } };
  for (const [text, response, error] of [
    ["converted", new Response(latin, typed), null],
    ["with a mark", new Response(`\ufeff${body("marked")}`), null],
    ["undeclared", new Response(latin), "not in the character set"],
    [
      "unknown",
      new Response(latin, { headers: { "content-type": "application/json; charset=klingon" } }),
      "character set",
    ],
    ["noticed", new Response(`<br />\n<b>Notice</b>: x\n${body("noticed")}`), "is no JSON"],
    ["quoted", new Response("{'reply': {'text': 'a'}}"), "is no JSON"],
    ["plain", new Response("thank you for the reply"), null],
  ] as const) {
    answering(text, response);
    const found = await settled(await eventOf(await says(text)));
    expect([text, found.error]).toEqual([text, error === null ? null : expect.stringContaining(error)]);
  }
  const texts = await sentTexts();
  for (const text of ["Olá", "marked"]) expect(texts).toContain(text);
  expect(texts).not.toContain("Ol\ufffd");
});

test("nothing answers what this account itself said", async () => {
  receiver.answer = ({ event }) =>
    event.type === "message.sent" ? Response.json({ reply: { text: "an echo" } }) : new Response();
  const sent = await bot.device.outbox.send({ to: ann().number, content: { kind: "text", text: "by the bot" } });
  const event = await bot.next("message.sent", ({ data }) => data.message_id === sent.id);
  expect((await settled(event.id)).error).toContain("message.sent is nothing that somebody said to this account");
  expect(await sentTexts()).not.toContain("an echo");
});

test("where the queue has no room the event is delivered again, and then answered once", async () => {
  const limit = (queued_messages: number | null) =>
    bot.call("PATCH", "/v1/admin/tenants/default", { limits: { queued_messages } });
  await limit(0);
  answering("any room?", { reply: { text: "now there is" } });
  const event = await eventOf(await says("any room?"));
  await receiver.until(() => receiver.events.some(({ id }) => id === event), "the first delivery");
  expect((await delivery(event)).status).not.toBe("delivered");
  await limit(null);
  await ann().hears("now there is");
  expect(await settled(event)).toMatchObject({ status: "delivered" });
  expect((await sentTexts()).filter((text) => text === "now there is")).toHaveLength(1);
}, 30_000);

test("who may not send cannot make a webhook that does", async () => {
  const key = await bot.call("POST", "/v1/admin/keys", { name: "manager", scopes: ["read", "manage"] });
  const headers = { "x-api-key": ((await key.json()) as { data: { key: string } }).data.key };
  const body = { url: receiver.url, replies: true };
  expect((await bot.call("POST", "/v1/webhooks", body, headers)).status).toBe(403);
  const plain = await bot.call("POST", "/v1/webhooks", { url: receiver.url }, headers);
  const { id } = ((await plain.json()) as { data: { id: string } }).data;
  expect((await bot.call("PATCH", `/v1/webhooks/${id}`, { replies: true }, headers)).status).toBe(403);
});
