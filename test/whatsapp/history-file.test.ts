import { expect, test } from "bun:test";
import { WoundClock } from "../clock.ts";
import { saysText } from "../faults/heard.ts";
import { startBot, type TestBot } from "../harness.ts";

/** The pause before a file is tried for the second time. */
const pauseMs = 250;

/** A clock on which that pause lasts until somebody ends it. */
class HeldClock extends WoundClock {
  readonly held: (() => void)[] = [];

  override after(ms: number, fire: () => void): () => void {
    if (ms !== pauseMs) return super.after(ms, fire);
    this.held.push(fire);
    return () => {};
  }
}

const synced = (bot: TestBot) => bot.events.filter(({ type }) => type === "history.synced").length;
/** How often the phone was told that a part of the history is here. */
const receipted = (bot: TestBot) =>
  bot.sim.record.messages().filter(({ receipts }) => receipts.some(({ type }) => type === "hist_sync")).length;

test("what people write does not wait for a file of history that cannot be fetched yet", async () => {
  const clock = new HeldClock();
  await using bot = await startBot({ simulator: { history: "files" }, stands: { clock } });
  const ann = bot.contact();
  await ann.says("long ago", { to: bot.phone });
  bot.sim.media.fail(500, 1, "history");
  await bot.link();
  await bot.until(() => clock.held.length > 0, "a first try that failed");
  await ann.says("today", { to: bot.phone });
  await bot.next("message.received", saysText("today"));
  // There are more files than that one.
  const others = synced(bot);
  // The phone is told of what is stored, and of nothing else.
  await bot.sim.settles();
  expect(receipted(bot)).toBeLessThanOrEqual(others);
  for (const ring of clock.held.splice(0)) ring();
  await bot.until(() => synced(bot) > others, "the file");
  await bot.sim.until(() => receipted(bot) > 0 && receipted(bot) === synced(bot));
});
