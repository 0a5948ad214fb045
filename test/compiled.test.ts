import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { type Simulator, startSimulator } from "../src/simulator/index.ts";
import { compile } from "./cli/binary.ts";
import { Subject } from "./crash/subject.ts";
import { jpeg, picture, wav } from "./files.ts";
import { Receiver } from "./receiver.ts";

const key = "test-key-of-the-admin-0123456789";
const secret = `whsec_${Buffer.from("a secret that only the two of us know").toString("base64")}`;
const folder = mkdtempSync(join(tmpdir(), "merpati-compiled-"));

let binary: Awaited<ReturnType<typeof compile>>;
let sim: Simulator;
let receiver: Receiver;

beforeAll(async () => {
  binary = await compile();
  sim = await startSimulator();
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
  await receiver.next("device.qr");
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
  const send = async (content: object) => {
    const body = { to: ann.number, content };
    const { data: sent } = (await call(bot, "POST", "/v1/devices/default/messages", body)) as unknown as {
      data: { id: string };
    };
    const heard = await ann.hears(({ id }) => id === sent.id);
    return { heard, bytes: ann.opens(heard) };
  };
  const voice = await send({ kind: "voice", base64: wav(2).toString("base64") });
  expect(voice.heard.message.audioMessage).toMatchObject({ ptt: true, seconds: 2 });
  expect(voice.bytes.toString("latin1", 0, 4)).toBe("OggS");
  const sticker = await send({ kind: "sticker", base64: (await picture()).toString("base64") });
  expect((await new Bun.Image(sticker.bytes).metadata()).format).toBe("webp");

  const bytes = await jpeg();
  const said = await ann.sends({ kind: "image", bytes }, { to: phone });
  const { data: heard } = await receiver.next("message.received", (event) => event.data.id === said.id);
  const { url } = (heard as { content: { url: string } }).content;
  const answer = await fetch(`${bot.url}${url}`, { headers: { "x-api-key": key } });
  expect(Buffer.from(await answer.bytes()).equals(bytes)).toBe(true);
  await bot.stop();
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
