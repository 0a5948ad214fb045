import { expect, test } from "bun:test";
import { WebhookFiles } from "../../src/core/webhooks/webhook-files.ts";
import { exampleOf } from "../../src/core/model/events/event-schema.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import { HandClock } from "../clock.ts";
import { jpeg } from "../files.ts";
import { startBot, type TestBot } from "../harness.ts";
import { Receiver } from "../receiver.ts";
import { endpoint } from "../store/house.ts";

interface Told {
  media_id: string;
  size: number;
  link?: string;
  link_expires_at?: number;
  base64?: string;
}

const contentIn = (event: unknown) => (event as { data: { content: Told } }).data.content;
const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).bytes());
/** The link, wherever the bot listens now. */
const now = (bot: TestBot, { link = "" }: Told) => `${bot.url}${new URL(link).pathname}`;

async function hook(bot: TestBot, receiver: Receiver, body: object): Promise<string> {
  const made = await bot.call("POST", "/v1/webhooks", { url: receiver.url, events: ["message.received"], ...body });
  return ((await made.json()) as { data: { id: string } }).data.id;
}

test("a file in an event has a link that needs no key, holds beyond a restart and ends with its webhook", async () => {
  await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  const receiver = new Receiver();
  const id = await hook(bot, receiver, {});
  const bytes = await jpeg();
  const sends = async () => {
    const { id: said } = await bot.contact().sends({ kind: "image", bytes });
    return contentIn(await receiver.next("message.received", ({ data }) => data.id === said));
  };
  const told = await sends();
  expect(told).not.toHaveProperty("base64");
  expect(told.link).toStartWith(`${bot.url}/media/`);
  expect(told.link_expires_at).toBeGreaterThan(Date.now() / 1_000 + 86_000);
  expect((await bytesAt(told.link ?? "")).equals(bytes)).toBe(true);

  await bot.restart();
  await bot.connected();
  expect((await bytesAt(now(bot, told))).equals(bytes)).toBe(true);
  const other = new URL(now(bot, told));
  other.pathname = other.pathname.replace(/.\.(?=[^.]*$)/, (last) => (last === "a." ? "b." : "a."));
  expect((await fetch(other)).status).toBe(401);

  // Of answers and streams, with the key that asked.
  const page = (await (await bot.call("GET", "/v1/devices/default/history")).json()) as { data: { content: Told }[] };
  const log = (await (await bot.call("GET", "/v1/events?types=message.received&latest=1")).json()) as {
    data: unknown[];
  };
  const one = await bot.call("GET", `/v1/events/${(log.data[0] as BotEvent).id}`);
  const asked = [
    page.data[0]?.content,
    contentIn(log.data[0]),
    contentIn(((await one.json()) as { data: object }).data),
  ];
  for (const each of asked) expect((await bytesAt(each?.link ?? "")).equals(bytes)).toBe(true);

  // The tenant wants none: what was given is void too.
  const wants = (links: boolean) => bot.call("PATCH", "/v1/admin/tenants/default", { media_links: links });
  expect(await (await wants(false)).json()).toMatchObject({ data: { media_links: false } });
  for (const each of [told, asked[0], asked[1]]) expect((await fetch(now(bot, each ?? told))).status).toBe(401);
  expect(await sends()).not.toHaveProperty("link");
  const plain = (await (await bot.call("GET", "/v1/devices/default/history")).json()) as { data: { content: Told }[] };
  expect(plain.data[0]?.content).not.toHaveProperty("link");
  const link = await bot.call("POST", `/v1/media/${told.media_id}/link`);
  const { url } = ((await link.json()) as { data: { url: string } }).data;
  expect((await bytesAt(url)).equals(bytes)).toBe(true); // who asks for one by key still gets it
  await wants(true);
  expect((await fetch(now(bot, told))).status).toBe(200);
  await bot.call("DELETE", `/v1/webhooks/${id}`);
  expect((await fetch(now(bot, told))).status).toBe(401);
  await receiver.stop();
}, 30_000);

test("a webhook with inline_kb gets small files in the event, and no others", async () => {
  await using bot = await startBot({
    env: { OUTBOUND_ALLOW: "loopback", PUBLIC_URL: "https://bot.example.com/bot/", BASE_PATH: "/bot" },
  });
  await bot.link();
  const receiver = new Receiver();
  await hook(bot, receiver, { inline_kb: 2, burst: { pause_ms: 200 } });
  const sends = async (bytes: Buffer) => {
    const { id } = await bot
      .contact()
      .sends({ kind: "document", bytes, fileName: "a.bin", mimetype: "application/x-a" });
    const find = () =>
      (receiver.events as unknown as BotEvent[][]).flat().find(({ data }) => "id" in data && data.id === id);
    await receiver.until(() => find() !== undefined, "the file");
    return contentIn(find());
  };
  const [small, large] = [Buffer.alloc(2_048, 1), Buffer.alloc(2_049, 1)];
  expect(await sends(small)).toMatchObject({ base64: small.toString("base64") });
  const told = await sends(large);
  expect(told).not.toHaveProperty("base64");
  expect(told.link).toStartWith("https://bot.example.com/bot/media/");
  const refused = await bot.call("POST", "/v1/webhooks", { url: receiver.url, inline_kb: 1_025 });
  expect(refused.status).toBe(400);
  await receiver.stop();
}, 30_000);

test("a link of a webhook ends in time and with its secret, and a file that hangs delays a delivery by seconds", async () => {
  const clock = new HandClock();
  const one = endpoint("http://127.0.0.1:1/", {
    inlineKb: 100,
    secrets: [{ secret: "a".repeat(24), expiresAt: null }],
  });
  let present = one;
  const files = new WebhookFiles({
    clock,
    find: (id) => (id === one.id ? present : null),
    isLinked: () => true,
    address: () => "http://bot",
    open: () => new Promise(() => {}),
    hash: (text) => new Bun.CryptoHasher("sha256").update(text).digest("hex"),
  });
  const image = { ...exampleOf("message.received") };
  const file = {
    kind: "image",
    mime: "image/png",
    size: 9,
    sha256: "00",
    media_id: "m",
    url: "/v1/media/m",
    state: "remote",
  };
  const event = { ...image, data: { ...image.data, content: file } } as unknown as BotEvent;
  const shown = files.in(one, event);
  clock.wind(5_000);
  const told = contentIn(await shown);
  expect(told).not.toHaveProperty("base64");
  const token = (told.link ?? "").replace("http://bot/media/", "");
  expect(files.read(token)).toEqual({ tenant: "default", media: "m", webhook: one.id });
  const secrets = [
    { secret: "b".repeat(24), expiresAt: null },
    { secret: "a".repeat(24), expiresAt: clock.now() + 10 },
  ];
  present = { ...one, secrets };
  expect(files.read(token).media).toBe("m");
  clock.wind(10);
  expect(() => files.read(token)).toThrow("has another secret");
  present = one;
  clock.wind(86_400_000);
  expect(() => files.read(token)).toThrow("expired");
  expect(told.link).not.toContain("aaaa");
});
