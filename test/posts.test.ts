import { afterAll, beforeAll, expect, test } from "bun:test";
import type { DraftContent } from "../src/core/model/content/draft.ts";
import { cardOf as card } from "../src/media/card.ts";
import { jpeg } from "./files.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
const ann = () => bot.contact();
beforeAll(async () => {
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const send = async (content: DraftContent, more: object = {}) => {
  const { waId } = await bot.device.outbox.send({ to: ann().number, content, ...more });
  await bot.next("message.sent", ({ data }) => data.id === waId);
  return ann().hears(({ id }) => id === waId);
};

test("a status post goes to its audience, and those of others come in", async () => {
  const post = { to: "status@broadcast", content: { kind: "text", text: "Up in the air" } } as const;
  const refused = await bot.device.outbox.send(post).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "invalid", field: "audience" });
  const { waId } = await bot.device.outbox.send({ ...post, audience: [ann().number] });
  expect((await ann().hears(({ id }) => id === waId)).text).toBe("Up in the air");

  const seen = await ann().postsStatus("On my way", [bot.phone]);
  const { data } = await bot.next("message.received", (event) => event.data.id === seen.id);
  expect(data).toMatchObject({ chat: "status@broadcast", sender_phone: ann().number, content: { text: "On my way" } });
});

test("a caption is edited, the picture stays", async () => {
  const heard = await send({ kind: "image", base64: (await jpeg()).toString("base64"), caption: "Sunrise" });
  const edited = await send({ kind: "edit", target: heard.id, text: "Sunset" });
  expect(edited.message.protocolMessage?.editedMessage?.imageMessage).toMatchObject({
    caption: "Sunset",
    directPath: heard.message.imageMessage?.directPath,
  });
});

test("a link shows what its page says of itself, when it is asked for", async () => {
  const html = `<html><head><meta property="og:title" content="Pigeons &amp; co"><meta name='description' content='All about them'>`;
  await using page = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(html, { headers: { "content-type": "text/html" } }),
  });
  const url = `http://127.0.0.1:${page.port}/a`;
  const heard = await send({ kind: "text", text: `Look: ${url} !`, preview: true });
  expect(heard.message.extendedTextMessage).toMatchObject({
    matchedText: url,
    title: "Pigeons & co",
    description: "All about them",
  });
  const plain = await send({ kind: "text", text: "http://127.0.0.1:1/", preview: true });
  expect(plain.message.extendedTextMessage?.matchedText).toBeFalsy();
});

test("a page without a title has no card, and a hostile one costs nothing", () => {
  const cardOf = (html: string) => card("https://example.com/", Buffer.from(html), "text/html");
  expect(cardOf("<p>nothing</p>")).toBeNull();
  const started = performance.now();
  cardOf(`<meta ${"a ".repeat(120_000)}`);
  cardOf("<title".repeat(40_000));
  cardOf(`<meta property="${"=".repeat(250_000)}`);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("files are fetched lazily, so nothing is when nobody asks", async () => {
  const said = await ann().sends({ kind: "image", bytes: await jpeg() });
  const { data } = await bot.next("message.received", (event) => event.data.id === said.id);
  expect(data.content).toMatchObject({ state: "remote" });
  expect(bot.events.some(({ type }) => type === "media.ready")).toBe(false);
});
