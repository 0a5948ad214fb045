import { afterAll, beforeAll, expect, test } from "bun:test";
import type { EventType } from "../../src/core/model/events/events.ts";
import { Failure } from "../../src/core/base/failure.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { DeliveryKind } from "../../src/simulator/index.ts";
import { startBot, type TestBot } from "../harness.ts";
import { ToldClock } from "./told-clock.ts";

/** What is not encrypted passes no journal: WhatsApp must not be told that we have it before it is written. */
let bot: TestBot;
/** The next batch with such an event is refused, as by a full disk. */
let refused: EventType | null = null;
const clock = new ToldClock();

const around = (store: Store): Store => ({
  ...store,
  ledger: {
    ...store.ledger,
    record: async (hold, batch) => {
      if (!batch.events.some(({ type }) => type === refused)) return store.ledger.record(hold, batch);
      refused = null;
      throw new Failure("unavailable", "The disk is full.");
    },
  },
});

beforeAll(async () => {
  bot = await startBot({ stands: { around, clock } });
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const cases: [EventType, DeliveryKind, () => void][] = [
  ["group.updated", "notification", () => bot.sim.group("A", [bot.contact(), bot.phone]).rename("B")],
  [
    "group.members",
    "notification",
    () => bot.sim.group("C", [bot.contact(), bot.phone]).add(bot.contact("628999000111", "Citra")),
  ],
  ["channel.joined", "notification", () => void bot.sim.channel("D", { by: bot.contact(), followers: [bot.phone] })],
  [
    "channel.post",
    "message",
    () => void bot.sim.channel("E", { by: bot.contact(), followers: [bot.phone] }).post("Written first"),
  ],
  ["contact.blocked", "notification", () => bot.phone.blocks(bot.contact())],
  ["call.received", "call", () => void bot.contact().calls()],
];

test.each(cases)("%s is acknowledged when it is on disk, and told once", async (type, kind, happen) => {
  await bot.connected();
  const told = () => bot.events.filter((event) => event.type === type).length;
  const before = told();
  refused = type;
  happen();
  await clock.until(() => bot.device.status().phase === "waiting", "the device to wait");
  // Past every pause, and long enough after it for the next ending to be a first one.
  clock.wind(61_000);
  await bot.until(() => told() > before, `the event ${type} after the disk took it`);
  expect(refused).toBeNull();
  await bot.sim.until(() => bot.sim.record.unsettled(kind).length === 0);
  expect(told()).toBe(before + 1);
  const again = [...bot.sim.record].filter((one) => one.kind === kind && one.delivered.length > 1);
  expect(again.length).toBeGreaterThan(0);
});
