import { describe, expect, test } from "bun:test";
import type { PasskeyStage } from "../../src/core/model/passkey.ts";
import type { SigningSlips } from "../../src/simulator/index.ts";
import { startBot } from "../harness.ts";
import { type Ceremony, path, PasskeyStory } from "./story.ts";

const number = "6281100000001";
const whole: PasskeyStage[] = ["preparing", "signature", "sending", "phone", "finishing"];

describe("an account with a passkey is linked", () => {
  test("by QR, however WhatsApp sends what is to be signed, and by pairing code", async () => {
    await using story = await PasskeyStory.begin();
    const { bot } = story;
    for (const passkeyOptions of ["text", "malformed", "absent", "embedded"] as const) {
      const { linked } = await story.asked({ passkeyOptions });
      const { data } = await story.call<Ceremony>("GET");
      expect(data).toMatchObject({ stage: "signature", code: null, options: { rpId: "whatsapp.com" } });
      const device = (await (await bot.call("GET", "/v1/devices/default")).json()) as { data: object };
      expect(device.data).toMatchObject({ status: "pairing", phase: "passkey_required", reason: "passkey_required" });
      if (passkeyOptions === "embedded") {
        expect(await story.sign()).toMatchObject({ status: 200 });
        await linked;
        await bot.connected();
        expect(stagesOf(story)).toEqual(whole);
      } else expect((await story.call("DELETE")).status).toBe(200);
      expect((await story.call("GET")).status).toBe(409);
      await story.again();
    }
    const { code } = await bot.device.pairingCode(number);
    const linked = bot.phone.enterCode(code);
    await story.reached("signature");
    await story.sign();
    await linked;
    await bot.connected();
    await bot.contact().says("Hello");
    await bot.next("message.received");
    bot.sim.assertNoProblems();
  });

  test("after five minutes the phone shows a code, and a person compares it", async () => {
    await using story = await PasskeyStory.begin();
    const { bot } = story;
    const { linked } = await story.asked();
    expect((await story.call("POST", "/confirm", { same: true })).status).toBe(409);
    story.clock.wind(301_000);
    const told = bot.sim.until("passkey.code");
    await story.sign();
    const { data } = await story.reached("code");
    expect(await told).toMatchObject({ code: data.code, shown: true });
    expect((await story.call("GET")).data).toMatchObject({ stage: "code", code: data.code });
    expect(bot.device.status().phase).toBe("passkey_required");
    expect((await story.call("POST", "/confirm", { same: true })).status).toBe(200);
    await linked;
    await bot.connected();
    bot.sim.assertNoProblems();
  });

  test("though WhatsApp asks twice, the QR is retired and its time is over, and the phone answers twice", async () => {
    await using story = await PasskeyStory.begin();
    const { bot, clock } = story;
    const { qr } = await bot.device.qr();
    bot.phone.scan(qr).catch(() => {});
    await story.reached("signature");
    const challenge = () => JSON.parse(bot.device.status().passkey?.options ?? "{}").challenge as string | undefined;
    const first = challenge();
    const linked = bot.phone.scan(qr);
    await bot.until(() => challenge() !== undefined && challenge() !== first, "another challenge");
    const notices = bot.sim.linking.refreshSecrets();
    clock.wind(170_000);
    bot.phone.whenSigned("answers-twice");
    await story.sign();
    await linked;
    await bot.connected();
    expect(notices.map(({ acked }) => acked())).toEqual([true]);
    bot.sim.assertNoProblems();
  });
});

describe("a ceremony that runs", () => {
  test("is ended by no start and no code; by a stop it is", async () => {
    await using story = await PasskeyStory.begin();
    const { bot } = story;
    const { linked } = await story.asked();
    const { id = "none" } = bot.device.status().passkey ?? {};
    await bot.device.start();
    expect((await bot.call("POST", "/v1/devices/default/start")).status).toBe(200);
    const asked: [string, object | undefined][] = [
      ["qr", undefined],
      ["code", { phone_number: number }],
    ];
    for (const [way, body] of asked) {
      const answer = await bot.call("POST", `/v1/devices/default/pairing/${way}`, body);
      expect([answer.status, await answer.json()]).toEqual([
        409,
        expect.objectContaining({ code: "passkey_required" }),
      ]);
    }
    expect(bot.device.status().passkey?.id).toBe(id);
    await story.sign();
    await linked;
    await bot.connected();
    await story.again();
    await story.asked();
    await bot.device.stop();
    expect(bot.device.status()).toMatchObject({ phase: "stopped", passkey: null });
  });

  test("takes one signature, and only a right one", async () => {
    await using story = await PasskeyStory.begin();
    const { bot } = story;
    const { linked } = await story.asked();
    const wrong: [SigningSlips, string][] = [
      [{ origin: "https://web.whatsapp.com.example.com" }, "was not signed on https://web.whatsapp.com"],
      [{ rpId: "example.com" }, "not of a passkey of whatsapp.com"],
      [{ flags: 0x01 }, "nobody confirmed it"],
      [{ type: "webauthn.create" }, "another type"],
      [{ challenge: "b3RoZXI" }, "another challenge"],
    ];
    for (const [slips, words] of wrong) {
      const { status, error } = await story.sign(slips);
      expect([status, error]).toEqual([400, expect.stringContaining(words)]);
    }
    const { data } = await story.call<Ceremony>("GET");
    const good = story.passkey.signs(data.options ?? { challenge: "" });
    for (const spoilt of [
      { ...good, id: "b3RoZXI" },
      { ...good, type: "password" },
      { ...good, response: { ...good.response, signature: "not base64url!" } },
      { ...good, response: { ...good.response, clientDataJSON: "e30" } },
      { ...good, more: true },
    ])
      expect((await story.call("POST", "/assertion", { assertion: spoilt })).status).toBe(400);
    expect((await story.sign()).status).toBe(200);
    expect((await story.sign()).status).toBe(409);
    await linked;
    bot.sim.assertNoProblems();
  });

  test("is theirs who may link devices, and nobody's without PASSKEY_LINKING", async () => {
    await using story = await PasskeyStory.begin();
    await story.asked();
    const reader = story.bot.app.as({ tenant: "default", key: "reader", scopes: ["read"], devices: null });
    expect(reader.device("default").status().passkey).toBeNull();
    expect(() => reader.device("default").passkey.running()).toThrow("manage");
    await using bot = await startBot();
    bot.phone.hasPasskey();
    bot.phone.scan((await bot.device.qr()).qr).catch(() => {});
    await bot.until(() => bot.device.status().phase === "passkey_required", "the phase");
    expect(bot.device.status().passkey).toBeNull();
    expect((await bot.call("GET", path)).status).toBe(409);
  });
});

const stagesOf = ({ bot }: PasskeyStory) =>
  bot.events.flatMap(({ type, data }) => (type === "device.passkey_stage" && "stage" in data ? [data.stage] : []));
