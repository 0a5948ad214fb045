import { describe, expect, test } from "bun:test";
import type { Device } from "../../src/core/device/device.ts";
import { type HarnessOptions, startBot, type TestBot } from "../harness.ts";
import { ToldClock } from "./told-clock.ts";

const number = "6281100000001";
const byCode = { USE_PAIRING_CODE: "true", PHONE_NUMBER: number };

/** What a promise was rejected with. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "it was not refused",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

async function wound(options: HarnessOptions = {}): Promise<[TestBot, ToldClock]> {
  const clock = new ToldClock();
  return [await startBot({ ...options, stands: { clock } }), clock];
}

const qrs = (bot: TestBot): string[] =>
  bot.events.flatMap((event) => (event.type === "device.qr" && "qr" in event.data ? [event.data.qr] : []));
const codes = (bot: TestBot): string[] =>
  bot.events.flatMap((event) =>
    event.type === "device.pairing_code" && "pairing_code" in event.data ? [event.data.pairing_code] : [],
  );

/** The line of every companion that waits to be linked breaks. */
async function breakOff(bot: TestBot): Promise<void> {
  const { waiting } = bot.sim.network.pairings;
  for (const connection of waiting) connection.cut();
  await bot.sim.until(() => waiting.every((connection) => bot.sim.network.pairings.on(connection) === undefined));
}

describe("a secret that the server retired", () => {
  test("by a scan: a fresh QR is shown and links, the old one does not", async () => {
    await using bot = await startBot();
    const { qr: old } = await bot.device.qr();
    bot.sim.linking.next("refresh-secret");
    expect(await refusal(bot.phone.scan(old))).toContain("retired");
    const { data } = await bot.next("device.qr", (event) => event.data.qr !== old);
    expect((await bot.device.qr()).qr).toBe(data.qr);
    const answer = (await (await bot.call("GET", "/connection/qr")).json()) as { data: { qrCode: string } };
    expect(answer.data.qrCode).toBe(data.qr);
    expect(await refusal(bot.phone.scan(old))).toContain("retired");
    await bot.phone.scan(data.qr);
    await bot.connected();
    bot.sim.assertNoProblems();
  });

  test.each(["companion_reg_refresh", "pair-device-rotate-qr"] as const)("unasked, by %s", async (child) => {
    await using bot = await startBot();
    const { qr: old } = await bot.device.qr();
    const notices = bot.sim.linking.refreshSecrets(child);
    const { data } = await bot.next("device.qr", (event) => event.data.qr !== old);
    await bot.phone.scan(data.qr);
    await bot.connected();
    expect(notices.map(({ acked }) => acked())).toEqual([true]);
    bot.sim.assertNoProblems();
  });
});

describe("a pairing code that the server retired", () => {
  test("is followed by a fresh one, told and answered, and that one links", async () => {
    await using bot = await startBot();
    expect(bot.phone.number).toBe(number);
    const { code: old } = await bot.device.pairingCode(number);
    bot.sim.linking.next("refresh-code");
    expect(await refusal(bot.phone.enterCode(old))).toContain("retired");
    const { data } = await bot.next("device.pairing_code", (event) => event.data.pairing_code !== old);
    const answer = (await (await bot.call("GET", "/connection/pairing")).json()) as { data: { pairingCode: string } };
    expect(answer.data.pairingCode).toBe(data.pairing_code);
    await bot.phone.enterCode(data.pairing_code);
    await bot.connected();
    bot.sim.assertNoProblems();
  });

  test("is followed by no more than three", async () => {
    await using bot = await startBot();
    expect(bot.phone.number).toBe(number);
    await bot.device.pairingCode(number);
    for (const count of [2, 3, 4]) {
      bot.sim.linking.refreshCode(number);
      await bot.until(() => codes(bot).length === count, `code ${count}`);
    }
    let asked = 0;
    bot.sim.on(({ type }) => void (asked += type === "code.requested" ? 1 : 0));
    bot.sim.linking.refreshCode(number);
    // The QR beside it still links, which takes longer than to ask for a code.
    await bot.link();
    expect(asked).toBe(0);
    expect(new Set(codes(bot)).size).toBe(4);
  });
});

describe("a passkey is demanded", () => {
  const sentence =
    "WhatsApp asks this account for a passkey before it links a device. PASSKEY_LINKING=true lets its owner sign with it; " +
    "docs/linking.md says how, and how to bring a device that is linked elsewhere.";

  async function toldEverywhere(bot: TestBot): Promise<void> {
    const { data } = await bot.next("device.passkey_required");
    expect(data.message).toBe(sentence);
    await bot.receiver.next("device.passkey_required");
    await bot.until(() => bot.device.status().phase === "passkey_required", "the phase");
    const told = async (method: string, path: string): Promise<unknown[]> => {
      const answer = await bot.call(method, path);
      const { error, code } = (await answer.json()) as { error: string; code: string };
      return [answer.status, error, code];
    };
    const refused = [409, sentence, "passkey_required"];
    expect(await told("GET", "/connection/qr")).toEqual(refused);
    expect(await told("GET", "/connection/pairing")).toEqual(refused);
    expect(await told("GET", "/api/qr")).toEqual(refused);
    expect(await told("POST", "/v1/devices/default/pairing/qr")).toEqual(refused);
    const one = (await (await bot.call("GET", "/v1/devices/default")).json()) as { data: object };
    expect(one.data).toMatchObject({ status: "pairing", reason: "passkey_required" });
    const other = (await (await bot.call("GET", "/api/devices/default/status")).json()) as object;
    expect(other).toMatchObject({ status: "disconnected", qrCode: null, error: sentence });
    const connection = (await (await bot.call("GET", "/connection/status")).json()) as { data: object };
    expect(connection.data).toMatchObject({ isConnected: false, hasQRCode: false, hasPairingCode: false });
  }

  test.each(["embedded", "text", "absent", "malformed"] as const)(
    "of a scan, its options %s: told in words, kept until a new start",
    async (passkeyOptions) => {
      const [bot, clock] = await wound();
      await using _ = bot;
      const { qr } = await bot.device.qr();
      bot.sim.linking.next("passkey", { passkeyOptions });
      expect(await refusal(bot.phone.scan(qr))).toContain("demands a passkey");
      await toldEverywhere(bot);
      const shown = qrs(bot).length;
      clock.wind(30 * 60_000);
      bot.sim.linking.refreshSecrets();
      await breakOff(bot);
      expect(bot.device.status().phase).toBe("passkey_required");
      expect(qrs(bot)).toHaveLength(shown);
      await bot.device.start();
      await bot.link();
      bot.sim.assertNoProblems();
    },
  );

  test("of a code, and by itself", async () => {
    await using bot = await startBot();
    expect(bot.phone.number).toBe(number);
    const { code } = await bot.device.pairingCode(number);
    bot.sim.linking.next("passkey");
    expect(await refusal(bot.phone.enterCode(code))).toContain("demands a passkey");
    await toldEverywhere(bot);
    // A new attempt is a new start.
    const again = await bot.device.pairingCode(number);
    await bot.phone.enterCode(again.code);
    await bot.connected();
    bot.sim.assertNoProblems();
  });

  test("who asks for a QR meanwhile is told at once", async () => {
    await using bot = await startBot();
    await bot.device.qr();
    const [notice] = bot.sim.linking.demandPasskey();
    await bot.next("device.passkey_required");
    expect(await refusal(bot.device.qr())).toBe(sentence);
    await bot.sim.until(() => notice?.acked() === true);
  });
});

describe("an aborted attempt by code leaves nothing behind", () => {
  test.each(["QR", "code"] as const)("the next goes by %s", async (next) => {
    await using bot = await startBot();
    expect(bot.phone.number).toBe(number);
    await bot.device.pairingCode(number);
    const before = codes(bot).length;
    await breakOff(bot);
    // The bot dials again by itself, by code, since that is how it was asked.
    await bot.until(() => codes(bot).length > before, "another code");
    await bot.device.stop();
    if (next === "QR") await bot.link();
    else {
      const { code } = await bot.device.pairingCode(number);
      await bot.phone.enterCode(code);
    }
    await bot.connected();
    await bot.restart();
    await bot.connected();
    bot.sim.assertNoProblems();
  });

  test("the process ends in the middle of it", async () => {
    await using bot = await startBot();
    expect(bot.phone.number).toBe(number);
    await bot.device.pairingCode(number);
    await bot.restart();
    await bot.link();
    bot.sim.assertNoProblems();
  });

  test("the phone accepts and nothing comes of it", async () => {
    await using bot = await startBot();
    expect(bot.phone.number).toBe(number);
    const { code } = await bot.device.pairingCode(number);
    bot.sim.linking.next("silence");
    expect(await refusal(bot.phone.enterCode(code))).toContain("nothing came of it");
    const again = await bot.device.pairingCode(number);
    await bot.phone.enterCode(again.code);
    await bot.connected();
    bot.sim.assertNoProblems();
  });
});

describe("nobody scans", () => {
  /** Shows all references of a round. */
  async function wholeRound(bot: TestBot, clock: ToldClock, device: Device, isLast = false): Promise<void> {
    const first = qrs(bot).length;
    for (let ref = 1; ref < 6; ref++) {
      clock.wind(ref === 1 ? 60_000 : 20_000);
      await bot.until(() => qrs(bot).length === first + ref, `reference ${ref + 1}`);
    }
    clock.wind(20_000);
    if (isLast) await bot.next("device.disconnected", (event) => event.device === device.id);
    else await clock.until(() => device.status().phase === "waiting", "the end of the round");
    expect(device.status()).toMatchObject({ reason: "pairing_expired", qr: null, pairingCode: null });
  }

  test("the default device goes on, its pauses grow", async () => {
    const [bot, clock] = await wound();
    await using _ = bot;
    for (const pause of [5_000, 10_000, 20_000, 40_000]) {
      await bot.device.qr();
      await wholeRound(bot, clock, bot.device);
      expect(bot.device.status().phase).toBe("waiting");
      clock.wind(pause / 2);
      expect(bot.device.status().phase).toBe("waiting");
      clock.wind(pause / 2);
      await bot.until(() => bot.device.status().phase === "pairing", "another round");
    }
    await bot.link();
  });

  test("another device rests after three rounds", async () => {
    const [bot, clock] = await wound({ env: { WEBHOOK_EVENTS: "device.disconnected" } });
    await using _ = bot;
    await bot.device.stop();
    const device = await bot.workspace.createDevice("shop");
    await device.qr();
    for (const pause of [5_000, 10_000]) {
      await wholeRound(bot, clock, device);
      clock.wind(pause);
      await bot.until(() => device.status().qr !== null, "another round");
    }
    await wholeRound(bot, clock, device, true);
    const { data } = await bot.receiver.next("device.disconnected", (event) => event.device === "shop");
    expect(data).toEqual({ reason: "pairing_expired", will_retry: false });
    expect(device.status()).toMatchObject({ phase: "stopped", reason: "pairing_expired" });
    await device.start();
    await bot.until(() => device.status().qr !== null, "a QR after a new start");
  });

  test("a code of the boot mode is renewed three times", async () => {
    const [bot, clock] = await wound({ env: byCode });
    await using _ = bot;
    expect(bot.phone.number).toBe(number);
    for (let round = 1; round <= 4; round++) {
      await bot.until(() => bot.device.status().pairingCode !== null, `code ${round}`);
      await wholeRound(bot, clock, bot.device, round === 4);
      clock.wind(60_000);
    }
    expect(bot.device.status().phase).toBe("stopped");
    expect(new Set(codes(bot)).size).toBe(4);
    const { code } = await bot.device.pairingCode(number);
    await bot.phone.enterCode(code);
    await bot.connected();
  });
});
