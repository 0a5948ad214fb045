import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { mediaKinds } from "../src/core/model/content/content.ts";
import { startBotSimulator } from "../src/cli/base/simulated.ts";
import type { Simulator, Attachment } from "../src/simulator/index.ts";
import { compile } from "./cli/binary.ts";
import { Subject } from "./crash/subject.ts";
import { flac, gif, jpeg, mp3, mp4, picture, wav } from "./files.ts";
import { Receiver } from "./receiver.ts";

const key = "test-key-of-the-admin-0123456789";
const secret = `whsec_${Buffer.from("a secret that only the two of us know").toString("base64")}`;
const folder = mkdtempSync(join(tmpdir(), "merpati-compiled-"));

let binary: Awaited<ReturnType<typeof compile>>;
let sim: Simulator;
let receiver: Receiver;

beforeAll(async () => {
  binary = await compile();
  sim = await startBotSimulator();
  writeFileSync(join(folder, "authority.pem"), sim.certificate);
  receiver = new Receiver();
}, 60_000);

afterAll(async () => {
  await receiver.stop();
  await sim.stop();
  rmSync(folder, { recursive: true, force: true });
  binary.dispose();
});

/** The binary in an empty folder of its own, with nothing but environment variables. */
function merpati(name: string, more: Record<string, string> = {}): Subject {
  return new Subject(
    binary.path,
    {
      PORT: "0",
      HOST: "127.0.0.1",
      API_KEY: key,
      WHATSAPP_URL: sim.url,
      WHATSAPP_ROOT_KEY: sim.rootKey,
      WHATSAPP_CA: join(folder, "authority.pem"),
      WEBHOOK_URL: receiver.url,
      WEBHOOK_SECRET: secret,
      ...more,
    },
    mkdtempSync(join(folder, name)),
  );
}

interface Answer {
  data: { qrCode: string; pairingCode: string; isConnected: boolean; phoneNumber: string | null };
}

async function call(bot: Subject, method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${bot.url}${path}`, {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await answer.json()) as Answer;
}

test("links by QR, answers, forwards signed, survives a restart and logs out", async () => {
  const bot = merpati("qr");
  await bot.start();
  const { data } = await call(bot, "GET", "/connection/qr");
  const phone = sim.phone("6281100000001", { name: "Budi" });
  await phone.scan(data.qrCode);
  await receiver.next("device.connected");

  const ann = sim.contact("628123456789", { name: "Ann" });
  const ping = await ann.says("!ping", { to: phone });
  await ann.hears("pong");
  await receiver.next("message.received", (event) => event.data.id === ping.id);
  for (const { body, headers } of receiver.all) new Webhook(secret).verify(body, headers);

  await call(bot, "POST", "/v1/devices/default/messages", { to: "628123456789", text: "from the API" });
  await ann.hears("from the API");

  await bot.stop();
  const missed = await ann.says("are you there?", { to: phone });
  await bot.start();
  await receiver.next("message.received", (event) => event.data.id === missed.id);

  await call(bot, "POST", "/connection/disconnect");
  await receiver.next("device.logged_out");
  expect(phone.linkedDevices()).toEqual([]);
  expect((await call(bot, "GET", "/connection/status")).data.isConnected).toBe(false);
  await bot.stop();
  sim.assertNoProblems();
}, 60_000);

test("links by pairing code", async () => {
  const bot = merpati("code");
  await bot.start();
  const phone = sim.phone("6281100000002", { name: "Sari" });
  const { data } = await call(bot, "POST", "/connection/pairing", { phoneNumber: "6281100000002" });
  await phone.enterCode(data.pairingCode);
  await receiver.next("device.connected", (event) => event.data.phone_number === "6281100000002");
  const status = await call(bot, "GET", "/connection/status");
  expect(status.data).toMatchObject({ isConnected: true, phoneNumber: "6281100000002" });
  await bot.stop();
  sim.assertNoProblems();
}, 60_000);

test("files come and go, converted inside the binary", async () => {
  const bot = merpati("files");
  await bot.start();
  const phone = sim.phone("6281100000003", { name: "Tono" });
  const { data } = await call(bot, "POST", "/connection/pairing", { phoneNumber: phone.number });
  await phone.enterCode(data.pairingCode);
  await receiver.next("device.connected", (event) => event.data.phone_number === phone.number);
  const ann = sim.contact("628123456789", { name: "Ann" });
  const out = async (content: object) => {
    const body = { to: ann.number, content };
    const { data: sent } = (await call(bot, "POST", "/v1/devices/default/messages", body)) as unknown as {
      data: { id: string };
    };
    const heard = await ann.hears(({ id }) => id === sent.id);
    return { message: heard.message, bytes: ann.opens(heard) };
  };
  const back = async (attachment: Attachment) => {
    const said = await ann.sends(attachment, { to: phone });
    const { data: heard } = await receiver.next("message.received", (event) => event.data.id === said.id);
    const { kind, url } = (heard as { content: { kind: string; url: string } }).content;
    const answer = await fetch(`${bot.url}${url}`, { headers: { "x-api-key": key } });
    return { kind, bytes: Buffer.from(await answer.bytes()) };
  };
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  const [photo, film, paper] = [await jpeg(), mp4(), Buffer.from("%PDF-1.7 nothing")];

  const asTheyAre = [
    ["image", photo, "imageMessage", { kind: "image", bytes: photo, caption: "Look" }],
    ["video", film, "videoMessage", { kind: "video", bytes: film }],
    ["gif", film, "videoMessage", { kind: "video", bytes: film, film: "gif" }],
    ["video_note", film, "ptvMessage", { kind: "video", bytes: film, film: "note" }],
    ["audio", mp3(), "audioMessage", { kind: "audio", bytes: mp3(), mimetype: "audio/mpeg" }],
    ["document", paper, "documentMessage", { kind: "document", bytes: paper, fileName: "a.pdf" }],
  ] as const;
  for (const [kind, bytes, field, attachment] of asTheyAre) {
    const sent = await out({ kind, base64: base64(bytes) });
    const said = Object.keys(JSON.parse(JSON.stringify(sent.message)) as object);
    expect([kind, said.filter((name) => name !== "messageContextInfo"), sent.bytes.equals(bytes)]).toEqual([
      kind,
      [field],
      true,
    ]);
    const came = await back(attachment);
    expect([came.kind, came.bytes.equals(bytes)]).toEqual([kind, true]);
  }

  // What is converted goes through WebAssembly in a worker, or through Bun.Image: both must be inside.
  const voices: Buffer[] = [];
  const m4a = Buffer.from(await Bun.file("test/golden/sounds/tone.m4a").bytes());
  for (const [sound, seconds] of [
    [wav(2), 2],
    [mp3(2), 2],
    [flac(2), 2],
    [m4a, 1],
  ] as const) {
    const { message, bytes } = await out({ kind: "voice", base64: base64(sound) });
    expect(message.audioMessage).toMatchObject({ ptt: true, seconds, mimetype: "audio/ogg; codecs=opus" });
    expect(message.audioMessage?.waveform).toHaveLength(64);
    expect(bytes.toString("latin1", 0, 4)).toBe("OggS");
    voices.push(bytes);
  }
  const [spoken = Buffer.alloc(0)] = voices;
  const again = await back({ kind: "audio", bytes: spoken, voice: true });
  expect([again.kind, again.bytes.equals(spoken)]).toEqual(["voice", true]);
  expect((await out({ kind: "voice", base64: base64(again.bytes) })).bytes.equals(spoken)).toBe(true);
  const sticker = await out({ kind: "sticker", base64: base64(await picture()) });
  expect(await new Bun.Image(sticker.bytes).metadata()).toMatchObject({ width: 512, height: 512, format: "webp" });
  const blink = [0, 1].map((colour) => ({ pixels: [colour, colour], delay: 10 }));
  const moving = await out({ kind: "sticker", base64: base64(gif(2, 1, [0xff0000, 0x0000ff], blink)) });
  expect(moving.message.stickerMessage).toMatchObject({ isAnimated: true, width: 512, height: 512 });
  const came = await back({ kind: "sticker", bytes: sticker.bytes });
  expect([came.kind, came.bytes.equals(sticker.bytes)]).toEqual(["sticker", true]);
  expect(new Set([...asTheyAre.map(([kind]) => kind), "voice", "sticker"])).toEqual(new Set(mediaKinds));
  await bot.stop();
  sim.assertNoProblems();
}, 60_000);

test("links over wss, by the authority in WHATSAPP_CA", async () => {
  const authority = join(folder, "ca.pem");
  await Bun.write(authority, sim.certificate);
  const bot = merpati("wss", { WHATSAPP_URL: sim.secureUrl, WHATSAPP_CA: authority });
  await bot.start();
  const phone = sim.phone("6281100000003", { name: "Tuti" });
  const { data } = await call(bot, "POST", "/connection/pairing", { phoneNumber: "6281100000003" });
  await phone.enterCode(data.pairingCode);
  await receiver.next("device.connected", (event) => event.data.phone_number === "6281100000003");
  await sim.contact("628123456789", { name: "Ann" }).says("!ping", { to: phone });
  await sim.contact("628123456789").hears("pong");
  await bot.stop();
  sim.assertNoProblems();
}, 60_000);

test("refuses a number that is none, as the program does that is not compiled", async () => {
  const bot = merpati("queries", { WEBHOOK_URL: "" });
  await bot.start();
  await call(bot, "GET", "/connection/status");
  for (const path of ["/v1/events?limit=x", "/v1/events?latest=1.5", "/v1/devices/default/messages?limit=0"]) {
    expect([path, await call(bot, "GET", path)]).toMatchObject([path, { success: false, code: "invalid" }]);
  }
  await bot.stop();
}, 60_000);
