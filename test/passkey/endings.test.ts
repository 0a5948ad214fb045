import { expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";
import { PasskeyStory } from "./story.ts";

const steps = ["passkey_request_options", "ref", "passkey_prologue", "companion_nonce", "encrypted_pairing_request"];
const first = "passkey_request_options";

/** The device has given the attempt up: the reason, and the sentence that `/v1` tells. */
async function over({ bot }: PasskeyStory): Promise<[reason: string, message: string]> {
  const { data } = await bot.next("device.disconnected", (event) => event.data.reason.startsWith("passkey_"));
  expect(data.will_retry).toBe(false);
  const device = (await (await bot.call("GET", "/v1/devices/default")).json()) as {
    data: { status: string; reason: string; message: string };
  };
  expect(device.data).toMatchObject({ status: "failed", reason: data.reason });
  expect(bot.device.status()).toMatchObject({ phase: "failed", passkey: null });
  return [data.reason, device.data.message];
}

/** As far as WhatsApp's question of that name. */
async function upTo(story: PasskeyStory, step: string): Promise<void> {
  const { bot } = story;
  if (step === first)
    return void bot.phone.scan((await bot.device.qr()).qr, { passkeyOptions: "absent" }).catch(() => {});
  await story.asked();
  await story.sign();
}

/** A new attempt goes well, whatever came before it. */
async function linksAnew(story: PasskeyStory): Promise<void> {
  await story.again();
  const { linked } = await story.asked();
  await story.sign();
  await linked;
  await story.bot.connected();
}

test("WhatsApp refuses a step: it is said, and the next attempt goes well", async () => {
  await using story = await PasskeyStory.begin();
  for (const step of steps) {
    story.bot.sim.faults.refuseQuestions("400", { when: `md ${step}`, times: 1 });
    await upTo(story, step);
    const words = /^No WhatsApp account is linked\. WhatsApp refused the ceremony with the passkey\. To link it: POST/;
    expect(await over(story)).toEqual(["passkey_refused", expect.stringMatching(words)]);
    await story.again();
  }
  await linksAnew(story);
});

test("WhatsApp says nothing to a step", async () => {
  await using story = await PasskeyStory.begin();
  for (const step of steps) {
    const heard = Promise.withResolvers<void>();
    story.bot.sim.faults.refuseQuestions("silence", {
      when: ({ attrs, content }) => {
        const fits = attrs["xmlns"] === "md" && Array.isArray(content) && content[0]?.tag === step;
        if (fits) queueMicrotask(heard.resolve);
        return fits;
      },
      times: 1,
    });
    await upTo(story, step);
    await heard.promise;
    story.clock.wind(120_000);
    expect(await over(story)).toEqual(["passkey_no_answer", expect.stringContaining("keep WhatsApp open")]);
    await story.again();
  }
});

test("nobody signs, the phone says nothing, nobody compares the code, the codes differ, somebody cancels", async () => {
  await using story = await PasskeyStory.begin();
  const { bot, clock } = story;
  await story.asked();
  clock.wind(599_000);
  expect(bot.device.status().phase).toBe("passkey_required");
  clock.wind(1_000);
  expect(await over(story)).toEqual(["passkey_expired", expect.stringContaining("in time")]);

  await story.again();
  bot.phone.whenSigned("silent");
  await story.asked();
  await story.sign();
  await story.reached("phone");
  clock.wind(119_000);
  expect(bot.device.status().phase).toBe("passkey_required");
  clock.wind(1_000);
  expect((await over(story))[0]).toBe("passkey_no_answer");

  bot.phone.whenSigned("answers");
  for (const differs of [false, true]) {
    await story.again();
    await story.asked();
    clock.wind(301_000);
    await story.sign();
    await story.reached("code");
    if (differs) expect((await story.call("POST", "/confirm", { same: false })).status).toBe(200);
    else clock.wind(120_000);
    expect((await over(story))[0]).toBe(differs ? "passkey_cancelled" : "passkey_expired");
  }

  await story.again();
  await story.asked();
  expect((await story.call("DELETE")).status).toBe(200);
  expect(await over(story)).toEqual(["passkey_cancelled", expect.stringContaining("was cancelled")]);
  expect(bot.phone.linkedDevices()).toEqual([]);
});

test("another proxy: the connection of before ends, with the ceremony or without one", async () => {
  const env = { OUTBOUND_ALLOW: "loopback" };
  await using story = await PasskeyStory.begin(env);
  const { bot } = story;
  const proxied = (of: TestBot, proxy: string | null) => of.call("PATCH", "/v1/devices/default", { proxy });
  await story.asked();
  const left = bot.sim.until("client.disconnected");
  expect((await proxied(bot, "http://127.0.0.1:9")).status).toBe(200);
  expect(await over(story)).toEqual(["passkey_lost", expect.stringContaining("broke during the ceremony")]);
  await left;
  await proxied(bot, null);
  await linksAnew(story);

  await using other = await startBot({ env });
  other.phone.hasPasskey();
  other.phone.scan((await other.device.qr()).qr).catch(() => {});
  await other.until(() => other.device.status().phase === "passkey_required", "the phase");
  const gone = other.sim.until("client.disconnected");
  await proxied(other, "http://127.0.0.1:9");
  await gone;
  expect(other.device.status().phase).toBe("passkey_required");
});

test("the line breaks, or the phone signs with another secret than it was sent", async () => {
  await using story = await PasskeyStory.begin();
  const { bot } = story;
  bot.phone.whenSigned("silent");
  for (const stage of ["signature", "phone"] as const) {
    await story.again();
    await story.asked();
    if (stage === "phone") {
      await story.sign();
      await story.reached("phone");
    }
    for (const connection of bot.sim.network.pairings.waiting) connection.cut();
    expect(await over(story)).toEqual(["passkey_lost", expect.stringContaining("broke during the ceremony")]);
  }
  bot.phone.whenSigned("answers");
  await story.again();
  await story.asked({ forgery: "hmac" });
  await story.sign();
  expect((await over(story))[0]).toBe("passkey_lost");
  await linksAnew(story);
});
