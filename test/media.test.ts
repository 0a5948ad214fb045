import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { isMedia, type MediaContent } from "../src/core/model/content/content.ts";
import type { DraftContent } from "../src/core/model/content/draft.ts";
import { jpeg, mp4, picture, wav } from "./files.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const ann = () => bot.contact();
const to = "628123456789";
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${bot.url}${path}`, { headers: { "x-api-key": adminKey, ...headers } });

const send = async (content: DraftContent, more: object = {}) => {
  const { waId } = await bot.device.outbox.send({ to, content, ...more });
  const heard = await ann().hears(({ id }) => id === waId);
  return { heard, bytes: ann().opens(heard) };
};

async function received(message: Parameters<ReturnType<typeof ann>["sends"]>[0]): Promise<MediaContent> {
  const said = await ann().sends(message);
  const { data } = await bot.next("message.received", (event) => event.data.id === said.id);
  if (!isMedia(data.content)) throw new Error(`no file: ${data.content.kind}`);
  return data.content;
}

test("files of every family come in, are fetched when asked for, and are what was sent", async () => {
  const files = [
    { kind: "image", bytes: await jpeg(), caption: "Look" },
    { kind: "video", bytes: mp4() },
    { kind: "audio", bytes: wav(), voice: true },
    { kind: "document", bytes: Buffer.from("%PDF-1.7 nothing"), fileName: "a.pdf", mimetype: "application/pdf" },
    { kind: "sticker", bytes: await picture() },
  ] as const;
  for (const file of files) {
    const content = await received(file);
    expect(content).toMatchObject({ state: "remote", size: file.bytes.length, sha256: sha256(file.bytes) });
    const answer = await get(content.url);
    expect(answer.status).toBe(200);
    expect(sha256(await answer.bytes())).toBe(sha256(file.bytes));
  }
});

test("a file is told its type, its parts on demand, and nothing to strangers", async () => {
  const bytes = await jpeg();
  const { url } = await received({ kind: "image", bytes });
  const whole = await get(url);
  expect(whole.headers.get("content-type")).toBe("image/jpeg");
  expect(whole.headers.get("content-security-policy")).toContain("sandbox");
  const part = await get(url, { range: "bytes=2-5" });
  expect(part.status).toBe(206);
  expect(part.headers.get("content-range")).toBe(`bytes 2-5/${bytes.length}`);
  expect(sha256(await part.bytes())).toBe(sha256(bytes.subarray(2, 6)));
  expect(sha256(await (await get(url, { range: "bytes=-3" })).bytes())).toBe(sha256(bytes.subarray(-3)));
  expect((await get(url, { range: `bytes=${bytes.length}-` })).status).toBe(416);
  expect((await get(url, { "if-none-match": whole.headers.get("etag") ?? "" })).status).toBe(304);
  expect((await fetch(`${bot.url}${url}`)).status).toBe(401);
  expect((await get("/v1/media/nothing")).status).toBe(404);
  const small = await get(`${url}/thumbnail`);
  expect((await new Bun.Image(await small.bytes()).metadata()).width).toBeLessThanOrEqual(100);
});

test("what an HTML page claims to be is never run by a browser", async () => {
  const { url } = await received({ kind: "document", bytes: Buffer.from("<script>1</script>"), mimetype: "text/html" });
  const answer = await get(url);
  expect(answer.headers.get("content-type")).toBe("application/octet-stream");
  expect(answer.headers.get("content-disposition")).toStartWith("attachment");
});

test("a file that WhatsApp does not keep any more is gone, and one that was tampered with is refused", async () => {
  const lost = await received({ kind: "image", bytes: await jpeg() });
  bot.phone.whenAskedForFiles("refuses");
  bot.sim.media.fail(410);
  expect((await get(lost.url)).status).toBe(410);
  const late = await received({ kind: "image", bytes: await jpeg() });
  bot.sim.media.fail(500);
  expect((await get(late.url)).status).toBe(503);
  expect((await get(late.url)).status).toBe(200);
});

test("every family is sent from base64 and arrives as it was", async () => {
  const [image, video, sound] = [await jpeg(), mp4(), wav()];
  const photo = await send({ kind: "image", base64: base64(image), caption: "Look" });
  expect(photo.bytes).toEqual(image);
  expect(photo.heard.message.imageMessage).toMatchObject({ mimetype: "image/jpeg", caption: "Look" });
  expect(photo.heard.message.imageMessage?.width).toBeGreaterThan(50);
  expect(photo.heard.message.imageMessage?.jpegThumbnail?.length).toBeGreaterThan(100);

  const film = await send({ kind: "video", base64: base64(video) });
  expect(film.heard.message.videoMessage).toMatchObject({ seconds: 7, width: 640, height: 360 });
  expect((await send({ kind: "gif", base64: base64(video) })).heard.message.videoMessage?.gifPlayback).toBe(true);
  const music = await send({ kind: "audio", base64: base64(sound) });
  expect(music.heard.message.audioMessage).toMatchObject({ mimetype: "audio/wav", seconds: 2 });
  const paper = await send({
    kind: "document",
    base64: base64(Buffer.from("words")),
    name: "a.txt",
    mime: "text/plain",
  });
  expect(paper.bytes.toString()).toBe("words");
  expect(paper.heard.message.documentMessage).toMatchObject({ fileName: "a.txt", mimetype: "text/plain" });
  const once = await send({ kind: "image", base64: base64(image) }, { view_once: true });
  expect(once.heard.message.viewOnceMessage?.message?.imageMessage?.mimetype).toBe("image/jpeg");
});

test("any picture becomes a sticker, any sound a voice message", async () => {
  const sticker = await send({ kind: "sticker", base64: base64(await picture()) });
  expect(await new Bun.Image(sticker.bytes).metadata()).toMatchObject({ width: 512, height: 512, format: "webp" });
  const voice = await send({ kind: "voice", base64: base64(wav(3)) });
  expect(voice.heard.message.audioMessage).toMatchObject({ mimetype: "audio/ogg; codecs=opus", ptt: true, seconds: 3 });
  expect(voice.heard.message.audioMessage?.waveform).toHaveLength(64);
  expect(voice.bytes.toString("latin1", 0, 4)).toBe("OggS");
});

test("a file is uploaded once and sent many times, also one that came in", async () => {
  const body = new FormData();
  body.set("file", new File([Uint8Array.from(await picture())], "code.png", { type: "image/png" }));
  const headers = { "x-api-key": adminKey };
  const answer = await fetch(`${bot.url}/v1/devices/default/media`, { method: "POST", headers, body });
  expect(answer.status).toBe(201);
  const { data } = (await answer.json()) as { data: { media_id: string; mime: string } };
  expect(data.mime).toBe("image/png");
  const before = bot.sim.media.size;
  const first = await send({ kind: "image", media_id: data.media_id });
  const second = await send({ kind: "image", media_id: data.media_id });
  expect(bot.sim.media.size).toBe(before + 1);
  expect(second.bytes).toEqual(first.bytes);

  const came = await received({ kind: "video", bytes: mp4() });
  const size = bot.sim.media.size;
  expect((await send({ kind: "video", media_id: came.media_id })).bytes).toEqual(mp4());
  expect(bot.sim.media.size).toBe(size);
});

test("a file is fetched from an address, and through the guard", async () => {
  const bytes = await jpeg();
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(Uint8Array.from(bytes)) });
  expect((await send({ kind: "image", url: `http://127.0.0.1:${server.port}/a.jpg` })).bytes).toEqual(bytes);
  const closed = bot.device.outbox.send({ to, content: { kind: "image", url: "http://169.254.169.254/latest" } });
  expect(await closed.catch((error: unknown) => error)).toMatchObject({ code: "forbidden", field: "content.url" });
});

test("a form sends a file in one call", async () => {
  const body = new FormData();
  body.set("to", to);
  body.set("kind", "document");
  body.set("caption", "Read this");
  body.set("file", new File(["words"], "a.txt", { type: "text/plain" }));
  const headers = { "x-api-key": adminKey };
  const answer = await fetch(`${bot.url}/v1/devices/default/messages`, { method: "POST", headers, body });
  expect(answer.status).toBe(202);
  const { data } = (await answer.json()) as { data: { id: string } };
  const heard = await ann().hears(({ id }) => id === data.id);
  expect(ann().opens(heard).toString()).toBe("words");
});

test("a form says all that a body says: once to be seen, whom it names, how long it stays", async () => {
  const [{ lid }, citra] = [ann(), bot.contact("628999000111", "Citra")];
  const body = new FormData();
  const fields = { to, kind: "image", view_once: "true", mentions: `${to}, ${citra.number}`, expires_in: "86400" };
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("file", new File([new Uint8Array(await picture())], "a.png", { type: "image/png" }));
  const headers = { "x-api-key": adminKey };
  const answer = await fetch(`${bot.url}/v1/devices/default/messages`, { method: "POST", headers, body });
  const { data } = (await answer.json()) as { data: { id: string } };
  const { message } = await ann().hears(({ id }) => id === data.id);
  const mentionedJid = [lid, citra.lid];
  const imageMessage = { viewOnce: true, contextInfo: { mentionedJid, expiration: 86_400 } };
  expect(message).toMatchObject({ viewOnceMessage: { message: { imageMessage } } });
});

test("files are fetched at once when they are wanted at once", async () => {
  await using eager = await startBot({ env: { MEDIA_DOWNLOAD: "eager" } });
  await eager.link();
  const bytes = await jpeg();
  const said = await eager.contact().sends({ kind: "image", bytes });
  const { data } = await eager.next("media.ready", (event) => event.data.id === said.id);
  expect(data).toMatchObject({ size: bytes.length, sha256: sha256(bytes), mime: "image/jpeg" });
  eager.phone.whenAskedForFiles("refuses");
  eager.sim.media.fail(410);
  const lost = await eager.contact().sends({ kind: "image", bytes: await picture() });
  const failed = await eager.next("media.failed", (event) => event.data.id === lost.id);
  expect(failed.data.code).toBe("gone");
});

test("a repeated call is the same message, also when its source is gone and with a file in a form", async () => {
  const bytes = await jpeg();
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(Uint8Array.from(bytes)) });
  const draft = { to, content: { kind: "image", url: `http://127.0.0.1:${server.port}/a.jpg` } } as const;
  const first = await bot.device.outbox.send(draft, { idempotencyKey: "once" });
  await server.stop(true);
  expect((await bot.device.outbox.send(draft, { idempotencyKey: "once" })).id).toBe(first.id);

  const form = async () => {
    const body = new FormData();
    body.set("to", to);
    body.set("file", new File(["the same words"], "a.txt", { type: "text/plain" }));
    const headers = { "x-api-key": adminKey, "idempotency-key": "form-once" };
    const answer = await fetch(`${bot.url}/v1/devices/default/messages`, { method: "POST", headers, body });
    return ((await answer.json()) as { data?: { message_id: string } }).data?.message_id;
  };
  const id = await form();
  expect(id).toBeString();
  expect(await form()).toBe(id);
});

test("a file server that is out of reach for a while costs time, not the message", async () => {
  bot.sim.media.fail(503, 3);
  const bytes = Buffer.concat([await jpeg(), Buffer.from("another file")]);
  expect((await send({ kind: "document", base64: base64(bytes) })).bytes).toEqual(bytes);
});

const refusals: [string, () => DraftContent | Promise<DraftContent>, string][] = [
  ["two sources", () => ({ kind: "image", base64: "AA==", media_id: "x" }), "invalid"],
  ["no source", () => ({ kind: "image" }), "invalid"],
  ["no base64", () => ({ kind: "image", base64: "***" }), "invalid"],
  ["an empty file", () => ({ kind: "document", base64: "" }), "invalid"],
  [
    "a text that says it is a picture",
    () => ({ kind: "image", base64: base64(Buffer.from("hello")), mime: "image/png" }),
    "invalid",
  ],
  ["half a picture", async () => ({ kind: "sticker", base64: base64((await picture()).subarray(0, 60)) }), "invalid"],
  ["a GIF as a film", () => ({ kind: "gif", base64: base64(Buffer.from("GIF89a......")) }), "invalid"],
  ["noise as a voice", () => ({ kind: "voice", base64: base64(Buffer.from("fLaC and nothing of it")) }), "invalid"],
  ["a file nobody has", () => ({ kind: "image", media_id: "nothing" }), "not_found"],
];
for (const [name, content, code] of refusals) {
  test(`refused before anything is queued: ${name}`, async () => {
    const refused = await bot.device.outbox.send({ to, content: await content() }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code });
  });
}
