import { describe, expect, test } from "bun:test";
import { showLinking } from "../../src/cli/terminal.ts";
import type { Bot } from "../../src/core/bot.ts";
import { startBot, type TestBot } from "../harness.ts";
import { ToldClock } from "../faults/told-clock.ts";

const number = "6281100000001";

interface Line {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** A bot that nobody has asked for anything yet, and the lines of its log. */
async function logged(env: Record<string, string> = {}, clock?: ToldClock): Promise<[TestBot, Line[]]> {
  const lines: Line[] = [];
  const out = { write: (line: string) => lines.push(JSON.parse(line) as Line) };
  const bot = await startBot({ out, env, unasked: true, ...(clock && { stands: { clock } }) });
  return [bot, lines];
}

/** The bot as `merpati` shows it on a terminal, or elsewhere. */
async function shown(bot: TestBot, lines: Line[], isTTY: boolean, byCode = false): Promise<string[]> {
  const written: string[] = [];
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (fields: object, msg: string) => void lines.push({ level: "warn", msg, ...fields }),
    child: () => log,
  };
  const out = { isTTY, write: (text: string) => written.push(text) };
  await showLinking({ bot: bot.app as Bot, log, url: bot.url, byCode, out });
  return written;
}

const warnings = (lines: Line[]) => lines.filter(({ level }) => level === "warn");

describe("what a start shows of linking", () => {
  test("on a terminal: the QR of a device that it makes when there is none", async () => {
    const [bot, lines] = await logged();
    await using _ = bot;
    const written = await shown(bot, lines, true);
    await bot.next("device.qr");
    await bot.link();
    await bot.until(() => written.some((text) => text.includes("Linked.")), "the word that it is linked");
    expect(written.join("")).toContain("Scan with WhatsApp > Linked devices");
  });

  test("on a terminal, by pairing code: the code and no QR", async () => {
    const [bot, lines] = await logged({ USE_PAIRING_CODE: "true", PHONE_NUMBER: number });
    await using _ = bot;
    expect(bot.phone.number).toBe(number);
    const written = await shown(bot, lines, true, true);
    const { data } = await bot.next("device.pairing_code");
    await bot.phone.enterCode(data.pairing_code);
    await bot.connected();
    expect(written).toEqual([
      `Pairing code: ${data.pairing_code} (WhatsApp > Linked devices > Link with phone number instead)\n`,
      "Linked. WhatsApp is connected.\n",
    ]);
  });

  test("without a terminal: one line says where the QR is, and none holds it", async () => {
    const [bot, lines] = await logged();
    await using _ = bot;
    expect(await shown(bot, lines, false)).toEqual([]);
    expect(warnings(lines).at(-1)).toEqual({
      level: "warn",
      url: bot.url,
      msg: "no WhatsApp account is linked: sign in at the url, or ask GET /connection/qr with your API key",
    });
    await bot.call("GET", "/connection/status");
    const { qr } = await bot.device.qr();
    bot.sim.linking.refreshSecrets();
    await bot.next("device.qr", ({ data }) => data.qr !== qr);
    const told = warnings(lines).filter(({ msg }) => msg.startsWith("a QR code waits to be scanned"));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ device: "default", url: bot.url });
    expect(JSON.stringify(lines)).not.toContain("linked_devices#2@");
  });

  test("without a terminal, by pairing code: one line says where the code is", async () => {
    const [bot, lines] = await logged({ USE_PAIRING_CODE: "true", PHONE_NUMBER: number });
    await using _ = bot;
    expect(bot.phone.number).toBe(number);
    await shown(bot, lines, false, true);
    await bot.next("device.pairing_code");
    expect(warnings(lines).map(({ msg }) => msg)).toContainEqual(
      expect.stringMatching(/^a pairing code waits .* GET \/connection\/pairing with your API key$/),
    );
  });
});

describe("what the log says", () => {
  test("that it is connected, and that the phone removed it, by the last digits of the number", async () => {
    const [bot, lines] = await logged({ LOG_LEVEL: "info" });
    await using _ = bot;
    await bot.call("GET", "/connection/status");
    await bot.link();
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "info", device: "default", number: "…0001", msg: "connected to WhatsApp" }),
    );
    await bot.phone.unlink();
    await bot.next("device.logged_out");
    expect(warnings(lines)).toContainEqual(
      expect.objectContaining({
        device: "default",
        number: "…0001",
        reason: "revoked",
        msg: expect.stringContaining("less than two minutes (401). WhatsApp does not say why"),
      }),
    );
    expect(JSON.stringify(lines)).not.toContain(number);
  });

  test("that WhatsApp cannot be reached and what to check, not with each attempt", async () => {
    const clock = new ToldClock();
    const [bot, lines] = await logged({ WHATSAPP_URL: "ws://127.0.0.1:9/ws/chat", LOG_LEVEL: "info" }, clock);
    await using _ = bot;
    const asked = bot.call("GET", "/connection/status");
    const told = () => lines.filter(({ msg }) => msg.startsWith("WhatsApp cannot be reached: check"));
    await clock.until(() => told().length === 1, "the first warning");
    for (let attempt = 0; attempt < 5; attempt++) {
      await clock.until(() => bot.device.status().phase === "waiting", "the end of an attempt");
      clock.wind(60_000);
    }
    expect(told()).toHaveLength(1);
    expect(lines.filter(({ msg }) => msg === "connection closed")).toEqual([]);
    await clock.until(() => bot.device.status().phase === "waiting", "the end of an attempt");
    clock.wind(10 * 60_000);
    await clock.until(() => told().length === 2, "the reminder");
    await asked;
  });
});
