import { afterAll, beforeAll, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { nested } from "../../src/whatsapp/wire/patched.ts";
import { type SimulatedContact, HOSTILE_FRAMES, type Phone } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { saysText } from "./heard.ts";
import { ToldClock } from "./told-clock.ts";

/** One bot with two devices: what is done to one is not felt by the other. */
let bot: TestBot;
let ann: SimulatedContact;
let other: Phone;
const clock = new ToldClock();
const thrown: unknown[] = [];
const note = (cause: unknown): void => void thrown.push(cause);

beforeAll(async () => {
  process.on("unhandledRejection", note).on("uncaughtException", note);
  bot = await startBot({ stands: { clock } });
  await bot.link();
  ann = bot.contact();
  other = bot.sim.phone("6281100000002", { name: "Sari" });
  const shop = await bot.workspace.createDevice("shop");
  await other.scan((await shop.qr()).qr);
  await bot.until(() => shop.status().phase === "connected", "the other device");
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
});
afterAll(async () => {
  process.off("unhandledRejection", note).off("uncaughtException", note);
  await bot[Symbol.asyncDispose]();
});

const target = (): string => bot.phone.linkedDevices()[0]?.jid ?? "";
const endings = (device: string): number =>
  bot.events.filter((event) => event.type === "device.disconnected" && event.device === device).length;

let ended = 0;

/** Whatever became of the connection, what is said to both devices comes, and nothing was thrown past us. */
async function unharmed(name: string): Promise<void> {
  const [mine, theirs] = [`to the struck one, after ${name}`, `to the other, after ${name}`];
  await ann.says(mine, { to: bot.phone });
  await ann.says(theirs, { to: other });
  await bot.next("message.received", saysText(theirs));
  await bot.next("message.received", saysText(mine));
  await bot.connected();
  expect(endings("shop")).toBe(0);
  expect(thrown).toEqual([]);
  if (endings("default") === ended) return;
  ended = endings("default");
  // Long enough for the next ending to be a first one.
  clock.wind(61_000);
}

test.each([...HOSTILE_FRAMES])("a frame that is %s", async (kind) => {
  bot.sim.faults.send(kind, target());
  await unharmed(kind);
});

test.each<[string, () => Buffer]>([
  ["300 MB of zeros", () => Buffer.concat([Buffer.from([2]), deflateSync(Buffer.alloc(300 * 2 ** 20))])],
  ["20,000 levels deep", () => Buffer.concat([Buffer.from([0]), nested(20_000)])],
])("a sealed frame of %s ends that connection alone, and memory stays", async (name, frame) => {
  const bytes = frame();
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  const ended = endings("default");
  for (const [device, connection] of bot.sim.network.online) {
    if (device.jid() === target()) connection.sendSealed(bytes);
  }
  await unharmed(name);
  expect(endings("default")).toBe(ended + 1);
  Bun.gc(true);
  expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(150);
});
