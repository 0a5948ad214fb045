import { expect, test } from "bun:test";
import { is } from "../../src/core/model/events/events.ts";
import { WoundClock } from "../clock.ts";
import { startBot, type TestBot } from "../harness.ts";

/** A clock on which a file is tried at once, and looked at again when a test says so. */
class LookClock extends WoundClock {
  #held: (() => void)[] = [];

  override after(ms: number, fire: () => void): () => void {
    const { stack = "" } = new Error();
    if (stack.includes("/media/blobs.ts")) return super.after(0, fire);
    if (!/phone-errands\.ts|dirty\.ts/.test(stack) || !/lookAgain|failed/.test(stack)) return super.after(ms, fire);
    this.#held.push(fire);
    return () => (this.#held = this.#held.filter((one) => one !== fire));
  }

  /** Whatever waits for its next look has it at once, until `holds`. */
  async lookUntil(holds: () => boolean): Promise<void> {
    while (!holds()) {
      for (const fire of this.#held.splice(0)) fire();
      await Bun.sleep(10);
    }
  }
}

/** No event tells that a file is missing. */
const turns = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await Bun.sleep(10);
};
const synced = (bot: TestBot) => bot.events.flatMap((event) => (is(event, "history.synced") ? [event] : []));
const missing = (bot: TestBot) => bot.events.flatMap((event) => (is(event, "history.missing") ? [event.data] : []));
const kinds = (bot: TestBot) => synced(bot).map(({ data }) => data.kind);
/** What a phone tells after a link, each in a notice of its own. */
const parts = ["INITIAL_BOOTSTRAP", "PUSH_NAME", "RECENT"];
const isWhole = (bot: TestBot) => parts.every((kind) => kinds(bot).includes(kind));

/** How many messages the phone has from its companion since now. */
function requestsOf(bot: TestBot): () => number {
  let count = 0;
  bot.sim.raw.trace(({ direction, stanza }) => {
    if (direction === "in" && stanza.tag === "message" && stanza.attrs["category"] === "peer") count++;
  });
  return () => count;
}

async function withHistory(history: "files" | "inline"): Promise<[TestBot, LookClock]> {
  const clock = new LookClock();
  const bot = await startBot({ simulator: { history }, stands: { clock } });
  await bot.contact().says("long ago", { to: bot.phone });
  return [bot, clock];
}

const hears = async (bot: TestBot, words: string) => {
  const { id } = await bot.contact().says(words, { to: bot.phone });
  await bot.next("message.received", ({ data }) => data.id === id);
};

test.each(["files", "inline"] as const)("history in %s is told once, however soon the bot restarts", async (way) => {
  const [bot] = await withHistory(way);
  await using _ = bot;
  await bot.link();
  await bot.until(() => isWhole(bot), "the history");
  const before = synced(bot).map(({ id }) => id);
  for (const words of ["one", "two"]) {
    await bot.restart();
    await bot.connected();
    await hears(bot, words);
  }
  // What is told of a second time would have come first.
  expect(synced(bot).map(({ id }) => id)).toEqual(before);
  await bot.sim.settles();
  bot.sim.assertNoProblems();
});

test.each([403, 404, 410])(
  "files of history that answer %d for a while are fetched once they are there",
  async (status) => {
    const [bot, clock] = await withHistory("files");
    await using _ = bot;
    bot.sim.media.fail(status, 4 * parts.length, "history");
    await bot.link();
    await turns(() => bot.device.status().missingFiles === parts.length);
    expect(kinds(bot)).toEqual([]);
    const asked = requestsOf(bot);
    await clock.lookUntil(() => asked() >= parts.length || isWhole(bot));
    await bot.until(() => isWhole(bot), "the history");
    await hears(bot, "afterwards");
    // The phone, which was asked too, has brought them again: that is no news.
    expect(kinds(bot).toSorted()).toEqual(parts);
    expect(bot.device.status().missingFiles).toBe(0);
    await bot.sim.settles();
    bot.sim.assertNoProblems();
  },
);

test("a file of history that is gone for good is asked of the phone, which brings it", async () => {
  const [bot, clock] = await withHistory("files");
  await using _ = bot;
  bot.sim.media.fail(404, 4 * parts.length, "history");
  await bot.link();
  await turns(() => bot.device.status().missingFiles === parts.length);
  bot.sim.media.expireAll();
  const asked = requestsOf(bot);
  await clock.lookUntil(() => asked() >= parts.length || isWhole(bot));
  await bot.until(() => isWhole(bot), "the history");
  await hears(bot, "afterwards");
  expect(kinds(bot).toSorted()).toEqual(parts);
  expect(missing(bot)).toEqual([]);
});

test("what nobody has any more is told as that, once, and over a restart it is looked for anew", async () => {
  const [bot, clock] = await withHistory("files");
  await using _ = bot;
  bot.sim.media.fail(404, 10_000, "history");
  await bot.link();
  await turns(() => bot.device.status().missingFiles === parts.length);
  await bot.restart();
  await bot.connected();
  expect(missing(bot)).toEqual([]);
  await clock.lookUntil(() => missing(bot).length >= parts.length);
  expect(missing(bot).map(({ kind }) => kind)).toEqual(expect.arrayContaining(parts));
  expect(missing(bot).every(({ reason }) => reason === "gone")).toBe(true);
  expect(bot.device.status().missingFiles).toBe(0);
});

test("a file of the account's state that fails is asked for again while the connection lasts", async () => {
  const clock = new LookClock();
  await using bot = await startBot({ simulator: { appState: "snapshots" }, stands: { clock } });
  bot.sim.media.fail(404, 4, "app-state");
  await bot.link();
  await turns(() => bot.device.status().missingFiles > 0);
  await clock.lookUntil(() => bot.device.status().missingFiles === 0);
});
