import type { Message } from "../../src/core/model/message/message.ts";
import type { Judge } from "../../src/core/policy/governor.ts";
import type { SimulatorStart } from "../../src/simulator/index.ts";
import { WoundClock } from "../clock.ts";
import { startBot, type TestBot } from "../harness.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

interface WorldOptions {
  judge?: Judge;
  queueLimit?: number;
  env?: Record<string, string>;
  simulator?: SimulatorStart;
}

/** A linked bot whose time a test can wind. */
export async function world({ env = {}, simulator = {}, ...stands }: WorldOptions = {}): Promise<
  [TestBot, WoundClock]
> {
  const clock = new WoundClock();
  const bot = await startBot({ simulator, stands: { clock, ...stands }, env: { WEBHOOK_URL: "", ...env } });
  await bot.link();
  return [bot, clock];
}

/** Numbers of people nobody has written to yet. */
export const strangers = (count: number): string[] =>
  Array.from({ length: count }, (_, place) => String(628_130_000_000 + place));

export function text(bot: TestBot, to: string, words: string, maxWait?: number): Promise<Message> {
  const content = { kind: "text", text: words } as const;
  return bot.device.outbox.send({ to, content, ...(maxWait === undefined ? {} : { max_wait: maxWait }) });
}

/** The account is locked until `end`, and the bot has heard of it. */
export async function lock(bot: TestBot, end: number): Promise<void> {
  bot.phone.restrict({ is_active: true, time_enforcement_ends: String(Math.floor(end / 1000)) });
  await settledNotices(bot);
}

/** WhatsApp told the bot something, and the bot has taken it in: what it hears afterwards is logged after it. */
export async function settledNotices(bot: TestBot): Promise<void> {
  await bot.sim.until(() => bot.sim.record.unsettled("notification").length === 0);
  const { id } = await bot.contact("628199999999", "Zoe").says("by the way", { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
}

/** What the simulated server answered to each attempt to send this. */
export function answers(bot: TestBot, { waId }: Pick<Message, "waId">): string[] {
  return bot.sim.record.outgoing(waId).flatMap((one) => one.answers);
}

export const told = (bot: TestBot, type: string, waId: string): unknown[] =>
  bot.events.filter((event) => event.type === type && "id" in event.data && event.data.id === waId);
