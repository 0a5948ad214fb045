import { describe, expect, test } from "bun:test";
import { DEFAULT_CONNECTION_CONFIG } from "@whiskeysockets/baileys";
import { breathe } from "../../src/core/base/breathe.ts";
import { startBot, type TestBot } from "../harness.ts";
import { Watch } from "../watch.ts";
import { ToldClock } from "./told-clock.ts";

const [, , pinned] = DEFAULT_CONNECTION_CONFIG.version;
const newer = pinned + 1_000_000;

/** A page that names a revision of WhatsApp Web, as `sw.js` does. */
class Page implements Disposable {
  readonly #watch = new Watch();
  asked = 0;
  revision = pinned;
  answer: () => Response | Promise<Response> = () =>
    new Response(`x=JSON.parse("{\\"client_revision\\":${this.revision}}")`);
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      this.asked += 1;
      this.#watch.changed();
      return this.answer();
    },
  });

  async isAsked(times: number): Promise<void> {
    await this.#watch.until(() => this.asked === times || undefined, `question ${times}`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/sw.js`;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

async function outdated(page: Page | null): Promise<[TestBot, ToldClock]> {
  const clock = new ToldClock();
  const env = page ? { WHATSAPP_VERSION_URL: page.url } : {};
  const bot = await startBot({ env, stands: { clock } });
  return [bot, clock];
}

/** All six references of a round pass. */
async function expireRound(bot: TestBot, clock: ToldClock): Promise<void> {
  const round = bot.device.status().lastQrAt;
  clock.wind(60_000);
  for (let ref = 0; ref < 5; ref++) clock.wind(20_000);
  await clock.until(() => bot.device.status().reason === "pairing_expired", `the end of the round of ${round}`);
}

describe("WhatsApp refuses our version as outdated", () => {
  test("the present one is looked up once, said at once, told, and remembered", async () => {
    using page = new Page();
    const [bot] = await outdated(page);
    await using _ = bot;
    await bot.link();
    expect(page.asked).toBe(1);
    page.revision = newer;
    bot.sim.faults.oldestRevision = newer;
    await bot.device.stop();
    await bot.device.start();
    await bot.connected();
    expect(page.asked).toBe(2);
    const { data } = await bot.next("device.disconnected", (event) => event.data.reason === "outdated_version");
    expect(data.will_retry).toBe(true);
    await bot.restart();
    await bot.connected();
    expect(page.asked).toBe(2);
    bot.sim.assertNoProblems();
  });

  test("before anything is linked, too", async () => {
    using page = new Page();
    const [bot] = await outdated(page);
    await using _ = bot;
    await bot.device.stop();
    page.revision = newer;
    bot.sim.faults.oldestRevision = newer;
    await bot.link();
    expect(page.asked).toBeGreaterThan(0);
  });

  test.each<[string, () => Response]>([
    ["older", () => new Response(`"client_revision":${pinned - 1}`)],
    ["ours", () => new Response(`"client_revision":${pinned}`)],
    ["far away", () => new Response(`"client_revision":${pinned + 50_000_000}`)],
    ["no number", () => new Response("<html>")],
    ["an error", () => new Response("no", { status: 500 })],
    ["a redirect", () => Response.redirect("http://127.0.0.1:9/")],
    ["endless", () => new Response("x".repeat(5 * 2 ** 20))],
  ])("what is looked up is %s: it is not taken, and tried again in an hour", async (_name, answer) => {
    using page = new Page();
    const [bot, clock] = await outdated(page);
    await using _ = bot;
    await bot.link();
    page.answer = answer;
    bot.sim.faults.oldestRevision = newer;
    await bot.device.stop();
    await bot.device.start();
    await clock.until(() => bot.device.status().phase === "restricted", "a long pause");
    expect(bot.device.status().reason).toBe("outdated_version");
    const { data } = await bot.next("device.disconnected", (event) => event.data.reason === "outdated_version");
    expect(data.will_retry).toBe(true);
    // Somebody who presses "start" again and again makes no more questions.
    await bot.device.stop();
    await bot.device.start();
    await clock.until(() => bot.device.status().phase === "restricted", "a long pause");
    expect(page.asked).toBe(2);
    page.answer = () => new Response(`const version = [2, 3000, ${newer}];`);
    clock.wind(60 * 60_000);
    await bot.connected();
    expect(page.asked).toBe(3);
  });

  test("the page is silent: five seconds, then the pause", async () => {
    using page = new Page();
    const [bot, clock] = await outdated(page);
    await using _ = bot;
    await bot.link();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    page.answer = () => {
      resolve();
      return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
    };
    bot.sim.faults.oldestRevision = newer;
    await bot.device.stop();
    await bot.device.start();
    await asked;
    clock.wind(5_000);
    await clock.until(() => bot.device.status().phase === "restricted", "a long pause");
  });

  test("on another server than WhatsApp's nobody is asked unless it is said whom", async () => {
    const [bot, clock] = await outdated(null);
    await using _ = bot;
    await bot.link();
    bot.sim.faults.oldestRevision = newer;
    await bot.device.stop();
    await bot.device.start();
    await clock.until(() => bot.device.status().phase === "restricted", "a long pause");
    bot.sim.faults.oldestRevision = 0;
    clock.wind(60 * 60_000);
    await bot.connected();
  });
});

describe("the present version is looked up", () => {
  test("before an attempt to link, which is made as that", async () => {
    using page = new Page();
    page.revision = newer;
    const [bot] = await outdated(page);
    await using _ = bot;
    bot.sim.faults.oldestLinkable = newer;
    await bot.link();
    expect(page.asked).toBe(1);
  });

  test("once a day while connected", async () => {
    using page = new Page();
    const [bot, clock] = await outdated(page);
    await using _ = bot;
    await bot.link();
    expect(page.asked).toBe(1);
    clock.wind(24 * 60 * 60_000);
    await page.isAsked(2);
  });

  test("when WhatsApp says that ours ends", async () => {
    using page = new Page();
    const [bot] = await outdated(page);
    await using _ = bot;
    await bot.link();
    bot.sim.faults.expireVersion(Math.floor(Date.now() / 1000) + 7 * 86_400);
    await page.isAsked(2);
    bot.sim.assertNoProblems();
  });

  test("the end is kept: only an earlier one replaces it, three days are left, and it can be taken back", async () => {
    using page = new Page();
    const [bot, clock] = await outdated(page);
    await using _ = bot;
    await bot.link();
    const ends = () => bot.device.status().version?.expiresAt;
    const now = Math.floor(clock.now() / 1000);
    const isTold = (at: number | null) => clock.until(() => ends() === at, `an end at ${at}`);
    const day = 86_400;
    bot.sim.faults.expireVersion(now + 9 * day);
    await isTold((now + 9 * day) * 1000);
    bot.sim.faults.expireVersion(now + 20 * day);
    bot.sim.faults.expireVersion("soon");
    const said = await bot.contact().says("Heard after them");
    await bot.next("message.received", ({ data }) => data.id === said.id);
    expect(ends()).toBe((now + 9 * day) * 1000);
    bot.sim.faults.expireVersion(now + 8 * day);
    await isTold((now + 8 * day) * 1000);
    await bot.restart();
    await bot.connected();
    expect(ends()).toBe((now + 8 * day) * 1000);
    bot.sim.faults.expireVersion(undefined);
    await isTold(null);
    const before = clock.now();
    bot.sim.faults.expireVersion(now + day);
    await clock.until(() => (ends() ?? 0) >= before + 3 * day * 1000, "an end in three days");
  });

  test("a version that is about to end gives way to a newer one", async () => {
    using page = new Page();
    const [bot, clock] = await outdated(page);
    await using _ = bot;
    await bot.link();
    let checkedAt = bot.device.status().version?.checkedAt;
    const isAsked = async (times: number) => {
      await page.isAsked(times);
      // And the line was found to be alive.
      while (bot.device.status().version?.checkedAt === checkedAt || clock.isWaiting(5_000)) await breathe();
      checkedAt = bot.device.status().version?.checkedAt;
    };
    bot.sim.faults.expireVersion(Math.floor(clock.now() / 1000) + 4 * 86_400);
    await isAsked(2);
    page.revision = newer;
    clock.wind(24 * 60 * 60_000);
    await isAsked(3);
    expect(bot.events.filter(({ type }) => type === "device.disconnected")).toEqual([]);
    clock.jump(24 * 60 * 60_000);
    clock.wind(24 * 60 * 60_000);
    const { data } = await bot.next("device.disconnected");
    expect(data).toEqual({ reason: "outdated_version", will_retry: true });
    await bot.connected();
    expect(bot.device.status().version).toMatchObject({ version: `2.3000.${newer}`, expiresAt: null });
  });

  test("a link that fails in silence says that the version may be the reason, in the status and in the log", async () => {
    using page = new Page();
    page.answer = () => new Response("no", { status: 500 });
    const clock = new ToldClock();
    const lines: string[] = [];
    const out = { write: (line: string) => lines.push(line) };
    await using bot = await startBot({ env: { WHATSAPP_VERSION_URL: page.url }, stands: { clock }, out });
    bot.sim.faults.oldestLinkable = newer;
    const { qr } = await bot.device.qr();
    await bot.phone.scan(qr).catch(() => {});
    const status = async () => {
      const answer = await bot.call("GET", "/v1/devices/default");
      return ((await answer.json()) as { data: { message: string; whatsapp_version: object } }).data;
    };
    expect(await status()).toMatchObject({
      message: expect.stringContaining(`WhatsApp Web (2.3000.${pinned}) may be too old`),
      whatsapp_version: { version: `2.3000.${pinned}`, checked_at: null, may_be_too_old: true },
    });
    expect(lines.join("")).not.toContain("too old");
    // Nobody could scan it in time; the next round asks again, and gets an answer.
    page.answer = () => new Response(`"client_revision":${newer}`);
    await expireRound(bot, clock);
    expect(lines.join("")).toContain("may be too old");
    clock.wind(60 * 60_000);
    await page.isAsked(2);
    await bot.link();
    expect(await status()).toMatchObject({ whatsapp_version: { version: `2.3000.${newer}`, may_be_too_old: false } });
  });

  test("by nobody, when it is switched off", async () => {
    const clock = new ToldClock();
    await using bot = await startBot({ env: { WHATSAPP_VERSION_URL: "off" }, stands: { clock } });
    await bot.link();
    bot.sim.assertNoProblems();
  });
});
