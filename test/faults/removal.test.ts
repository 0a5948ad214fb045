import { describe, expect, test } from "bun:test";
import { Failure } from "../../src/core/base/failure.ts";
import type { Device } from "../../src/core/device/device.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { startBot, type TestBot } from "../harness.ts";
import { Watch } from "../watch.ts";
import { ToldClock } from "./told-clock.ts";

const number = "6281100000001";

async function said(bot: TestBot, method: string, path: string): Promise<Record<string, unknown>> {
  return (await (await bot.call(method, path)).json()) as Record<string, unknown>;
}

/** What every face says of why the account went. */
async function everywhere(bot: TestBot): Promise<unknown[]> {
  const of = async (path: string) => {
    const body = await said(bot, "GET", path);
    return (body["data"] ?? body) as { unlinked: { reason: string; phoneNumber?: string; phone_number?: string } };
  };
  const paths = ["/connection/status", "/v1/devices/default", "/v1/devices/default/health", "/status"];
  const all = await Promise.all([...paths, "/api/devices/default/status"].map(of));
  return all.map(({ unlinked }) => [unlinked.reason, unlinked.phoneNumber ?? unlinked.phone_number]);
}

const fiveTimes = Array.from({ length: 5 }, () => ["revoked", number]);

/** A QR of the round that began after the removal. */
async function roundAfter(bot: TestBot, before: number): Promise<string> {
  const qrs = () => bot.events.slice(before).filter(({ type }) => type === "device.qr");
  await bot.until(() => qrs().length > 0 && bot.device.status().qr !== null, "a QR that nobody asked for");
  return bot.device.status().qr?.qr ?? "";
}

describe("the phone removes the device named default", () => {
  test("a round of QRs begins by itself, the reason and the number stay, a scan links it again", async () => {
    await using bot = await startBot();
    await bot.link();
    const before = bot.events.length;
    await bot.phone.unlink();
    const qr = await roundAfter(bot, before);
    expect(bot.events.slice(before).find(({ type }) => type === "device.logged_out")?.data).toEqual({
      reason: "revoked",
      message: expect.stringContaining("less than two minutes (401)"),
    });
    expect(await everywhere(bot)).toEqual(fiveTimes);
    expect(await said(bot, "GET", "/connection/status")).toMatchObject({
      data: { isConnected: false, hasQRCode: true, phoneNumber: null },
    });
    expect(await said(bot, "GET", "/api/qr")).toMatchObject({ success: true, qrString: qr });
    expect(await said(bot, "GET", "/connection/qr")).toMatchObject({ success: true, data: { qrCode: qr } });
    await bot.phone.scan(qr);
    await bot.connected();
    expect(bot.device.status().unlinked).toBeNull();
    bot.sim.assertNoProblems();
  });

  test("the bot is started again before anybody scans", async () => {
    await using bot = await startBot({ unasked: true });
    await said(bot, "GET", "/connection/status");
    await bot.link();
    const before = bot.events.length;
    await bot.phone.unlink();
    await roundAfter(bot, before);
    await bot.restart();
    const qr = await roundAfter(bot, bot.events.length - 1);
    expect(await everywhere(bot)).toEqual(fiveTimes);
    await bot.phone.scan(qr);
    await bot.connected();
  });

  test("it is removed while the bot is down", async () => {
    await using bot = await startBot({ unasked: true });
    await said(bot, "GET", "/connection/status");
    await bot.link();
    await bot.stop();
    const before = bot.events.length;
    await bot.phone.unlink();
    await bot.start();
    const qr = await roundAfter(bot, before);
    expect(await everywhere(bot)).toEqual(fiveTimes);
    await bot.phone.scan(qr);
    await bot.connected();
  });

  test.each(["before", "after"])(
    "the process ends just %s the keys are gone: it is told all the same",
    async (when) => {
      const stuck = Promise.withResolvers<void>();
      let isStuck = false;
      const around = (store: Store): Store => ({
        ...store,
        vaults: {
          open: async (hold) => {
            const vault = await store.vaults.open(hold);
            const erase = async () => {
              if (!isStuck || when === "after") await vault.erase();
              if (!isStuck) return;
              stuck.resolve();
              throw new Failure("unavailable", "The process is about to end.");
            };
            return { ...vault, erase };
          },
        },
      });
      await using bot = await startBot({ stands: { around }, unasked: true });
      await said(bot, "GET", "/connection/status");
      await bot.link();
      const before = bot.events.length;
      isStuck = true;
      await bot.phone.unlink();
      await stuck.promise;
      await bot.stop();
      isStuck = false;
      await bot.start();
      const qr = await roundAfter(bot, before);
      expect(await everywhere(bot)).toEqual(fiveTimes);
      const { data } = (await said(bot, "GET", "/v1/events?types=device.logged_out")) as { data: unknown[] };
      expect(data).toHaveLength(1);
      await bot.phone.scan(qr);
      await bot.connected();
      bot.sim.assertNoProblems();
    },
  );

  test("the rounds that nobody scans are further and further apart", async () => {
    const clock = new ToldClock();
    await using bot = await startBot({ stands: { clock } });
    await bot.link();
    const before = bot.events.length;
    await bot.phone.unlink();
    await clock.until(() => bot.device.status().phase === "waiting", "the pause of no length");
    clock.wind(1);
    await roundAfter(bot, before);
    for (const pause of [5_000, 10_000, 20_000]) {
      for (let ref = 1; ref <= 6; ref++) {
        const { lastQrAt } = bot.device.status();
        clock.wind(ref === 1 ? 60_000 : 20_000);
        if (ref < 6) await bot.until(() => bot.device.status().lastQrAt !== lastQrAt, `reference ${ref + 1}`);
      }
      await clock.until(() => bot.device.status().phase === "waiting", "the end of the round");
      clock.wind(pause - 1);
      expect(bot.device.status().phase).toBe("waiting");
      clock.wind(1);
      await bot.until(() => bot.device.status().phase === "pairing", "another round");
    }
    expect(await everywhere(bot)).toEqual(fiveTimes);
  });

  test("a tenant's own is no exception", async () => {
    await using bot = await startBot();
    await bot.call("POST", "/v1/admin/tenants", { id: "toko" });
    const made = await bot.call("POST", "/v1/admin/keys", {
      tenant: "toko",
      name: "theirs",
      scopes: ["read", "send", "manage"],
    });
    const { key } = ((await made.json()) as { data: { key: string } }).data;
    const ask = async (path: string) =>
      (await (await fetch(`${bot.url}${path}`, { headers: { "x-api-key": key } })).json()) as {
        data: Record<string, unknown>;
      };
    const device = (): Device => bot.tenant("toko").device("default");
    const phone = bot.sim.phone("6281100000009");
    await phone.scan(String((await ask("/connection/qr")).data["qrCode"]));
    // The harness hears the home tenant's events alone.
    const watch = new Watch();
    const stop = bot.tenant("toko").listen(() => watch.changed());
    await watch.until(
      () => device().status().phase === "connected" || undefined,
      "the tenant's device to be connected",
    );
    await phone.unlink();
    const again = () => device().status().unlinked?.reason === "revoked" && device().status().qr !== null;
    await watch.until(() => again() || undefined, "a QR that nobody asked for");
    stop();
    expect((await ask("/connection/status")).data).toMatchObject({ hasQRCode: true, unlinked: { reason: "revoked" } });
  });
});

test("another device stays logged out, says why and which call links it again", async () => {
  await using bot = await startBot();
  const device = await bot.workspace.createDevice("shop");
  await bot.phone.scan((await device.qr()).qr);
  await bot.until(() => device.status().phase === "connected", "the shop to be connected");
  await bot.phone.unlink();
  await bot.until(() => device.status().phase === "logged_out", "the shop to be removed");
  await bot.restart();
  const again = bot.workspace.device("shop");
  expect(again.status()).toMatchObject({ phase: "logged_out", reason: "revoked" });
  const { data } = (await said(bot, "GET", "/v1/devices/shop")) as { data: { message: string } };
  expect(data).toMatchObject({
    status: "disconnected",
    reason: "revoked",
    unlinked: { reason: "revoked", phone_number: number },
  });
  expect(data.message).toStartWith(
    "This device is no longer among the linked ones of …0001. It was linked for less than",
  );
  expect(data.message).toContain("To link it: POST /v1/devices/shop/pairing/qr makes");
  expect(await said(bot, "GET", "/api/devices/shop/status")).toMatchObject({
    status: "disconnected",
    message: expect.stringContaining("POST /api/devices/shop/start makes a QR code"),
  });
});

describe("the QR of the connection API", () => {
  test("is never refused with a connection that is not there", async () => {
    await using bot = await startBot();
    const sentence = async () => (await said(bot, "GET", "/connection/qr"))["error"];
    await bot.link();
    expect(await sentence()).toBe("No QR code available. Bot might already be connected.");
    await bot.device.stop();
    expect(await sentence()).toBe(
      "No QR code available. This device is linked (…0001) and stopped: POST /v1/devices/default/start connects it.",
    );
    await bot.device.logout();
    // Asking for it is what links it again.
    expect(await said(bot, "GET", "/connection/qr")).toMatchObject({ success: true });
  });

  test("says that WhatsApp cannot be reached", async () => {
    await using bot = await startBot({ env: { WHATSAPP_URL: "ws://127.0.0.1:9/ws/chat" }, unasked: true });
    const answer = await bot.call("GET", "/connection/qr");
    expect([answer.status, await answer.json()]).toEqual([
      404,
      {
        success: false,
        error:
          "No QR code available. No WhatsApp account is linked. WhatsApp cannot be reached just now; it is tried again by itself.",
      },
    ]);
  }, 20_000);
});

describe("the device named default", () => {
  const listed = async (bot: TestBot) => Object.keys(await said(bot, "GET", "/api/devices"));

  test("is not there until somebody asks, can be removed, and /connection brings it back", async () => {
    await using bot = await startBot({ unasked: true });
    expect(await listed(bot)).toEqual([]);
    expect(await said(bot, "GET", "/status")).toMatchObject({ status: "disconnected", unlinked: null });
    expect(await listed(bot)).toEqual([]);
    expect(await said(bot, "GET", "/connection/status")).toMatchObject({ data: { hasQRCode: true } });
    expect(await listed(bot)).toEqual(["default"]);
    expect(await said(bot, "DELETE", "/api/devices/default")).toMatchObject({ status: "removed" });
    await bot.restart();
    expect(await listed(bot)).toEqual([]);
    expect(await said(bot, "GET", "/connection/qr")).toMatchObject({ success: true });
    expect(await listed(bot)).toEqual(["default"]);
  });

  test("comes back with a pairing code where it was linked by one", async () => {
    await using bot = await startBot({ env: { USE_PAIRING_CODE: "true", PHONE_NUMBER: number } });
    expect(bot.phone.number).toBe(number);
    const { data: first } = await bot.next("device.pairing_code");
    await said(bot, "DELETE", "/api/devices/default");
    expect(await said(bot, "GET", "/connection/qr")).toMatchObject({ success: true });
    const isNew = ({ data }: { data: { pairing_code: string } }) => data.pairing_code !== first.pairing_code;
    const { data } = await bot.next("device.pairing_code", isNew);
    expect(await said(bot, "GET", "/connection/pairing")).toMatchObject({ data: { pairingCode: data.pairing_code } });
    await bot.phone.enterCode(data.pairing_code);
    await bot.connected();
  });

  test("is made by the gateway's button, and its sockets hear of it", async () => {
    await using bot = await startBot({ unasked: true });
    const { SocketClient } = await import("../socket-client.ts");
    using client = await SocketClient.open(bot.url, { auth: { key: "test-key-of-the-admin-0123456789" } });
    await client.next("connection:status", ({ status }) => status === "disconnected");
    expect(await listed(bot)).toEqual([]);
    await bot.call("POST", "/api/qr/generate");
    const { qrString } = await client.next<{ qrString: string }>("qr:generated");
    await bot.phone.scan(qrString);
    await client.next("connection:status", ({ status }) => status === "connecting");
    await client.next("connection:status", ({ status }) => status === "connected");
  });

  test("is not made for a key that may only read", async () => {
    await using bot = await startBot({ unasked: true });
    const made = await bot.call("POST", "/v1/admin/keys", { name: "reader", tenant: "default", scopes: ["read"] });
    const { key } = ((await made.json()) as { data: { key: string } }).data;
    const answer = await fetch(`${bot.url}/connection/status`, { headers: { "x-api-key": key } });
    expect(answer.status).toBe(403);
    expect(await listed(bot)).toEqual([]);
  });
});
