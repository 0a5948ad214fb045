import { expect, test } from "bun:test";
import { verdictOn } from "../../src/webhooks/verify.ts";
import { ran } from "../cli/merpati.ts";
import { WoundClock } from "../clock.ts";
import { adminKey, startBot } from "../harness.ts";
import { Watch } from "../watch.ts";
import { MailServer } from "./mail-server.ts";

interface Posted {
  type: string;
  text: string;
  incident: { rule: string; subject: string; ended_at: string | null };
}

/** What the operator's own endpoint got. */
class AlertReceiver implements Disposable {
  readonly all: { posted: Posted; verdict: string }[] = [];
  readonly #watch = new Watch();
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const body = await request.text();
      const verdict = verdictOn(body, Object.fromEntries(request.headers), [secret], Date.now());
      this.all.push({ posted: JSON.parse(body) as Posted, verdict });
      this.#watch.changed();
      return new Response();
    },
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/alerts`;
  }

  next(rule: string, type: string): Promise<{ posted: Posted; verdict: string }> {
    const which = () => this.all.find(({ posted }) => posted.type === type && posted.incident.rule === rule);
    return this.#watch.until(which, `${type} of ${rule}`);
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("a phone that logs out and a webhook that is dead are told within a minute, by every channel", async () => {
  using receiver = new AlertReceiver();
  const mail = new MailServer();
  const clock = new WoundClock();
  await using bot = await startBot({
    stands: { clock },
    env: {
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: secret,
      ALERT_WHATSAPP: "watch:6285550001111",
      ALERT_EMAIL: "me@example.com",
      ALERT_EMAIL_FROM: "bot@example.com",
      SMTP_URL: mail.url,
    },
  });
  await bot.link();
  const me = bot.contact("6285550001111", "Me");
  const watch = await bot.workspace.createDevice("watch");
  await bot.sim.phone("6281100000088", { name: "Watch" }).scan((await watch.qr()).qr);
  await bot.next("device.connected", ({ device }) => device === "watch");
  const tried = await ran(bot.folder, ["alerts", "test"]);
  expect(tried).toEqual({ out: "✓ webhook\n✓ whatsapp\n✓ email\n", err: "", exit: 0 });
  await me.hears(/This is a test of the alerts/);
  const began = clock.now();
  await bot.phone.unlink();
  await bot.next("device.logged_out");
  clock.wind(10_000);
  const opened = await receiver.next("device_logged_out", "incident.opened");
  expect(opened).toMatchObject({ verdict: "verified", posted: { incident: { subject: "default", ended_at: null } } });
  expect(opened.posted.text).toMatch(/^Merpati: The phone \(…0001\) removed the device default/);
  await me.hears(/The phone \(…0001\) removed the device default/);
  const letter = await mail.next(({ text }) => text.includes("removed the device"));
  expect(letter).toMatchObject({ from: "bot@example.com", to: ["me@example.com"] });
  expect(letter.text).not.toContain(bot.phone.number);
  bot.receiver.answer = () => new Response(null, { status: 500 });
  await fetch(`${bot.url}/v1/webhooks/${bot.workspace.webhooks.list()[0]?.id}/test`, {
    method: "POST",
    headers: { "x-api-key": adminKey },
  });
  await bot.device.stop();
  await bot.device.start();
  await bot.receiver.until(() => bot.receiver.all.length > 0, "a webhook");
  const failing = () => bot.workspace.webhooks.list().some(({ failingSince }) => failingSince !== null);
  await bot.until(failing, "the webhook to fail");
  clock.wind(31_000);
  expect((await receiver.next("webhook_failing", "incident.opened")).posted.text).toContain("takes nothing");
  expect(clock.now() - began).toBeLessThan(60_000);
  const { out, exit } = await ran(bot.folder, ["status"]);
  const [devices, incidents] = out.split("\nOpen incidents:\n");
  expect(devices).toContain("  default: The phone (…0001) removed this device");
  expect(incidents).toMatch(/^ {2}The webhook to \S+ takes nothing: .*\n\n1 device needs you\.\n$/);
  expect(exit).toBe(1);
  bot.receiver.answer = () => new Response();
  await bot.call("POST", `/v1/webhooks/${bot.workspace.webhooks.list()[0]?.id}/resume`);
  await bot.until(() => !failing(), "the webhook to take what waits");
  for (let second = 0; second < 120; second += 10) clock.wind(10_000);
  await receiver.next("webhook_failing", "incident.ended");
  expect((await ran(bot.folder, ["status"])).out).not.toContain("Open incidents");
  mail.stop();
}, 60_000);

test("the API lists incidents, rules and channels; without a channel the test says so", async () => {
  await using bot = await startBot();
  const alerts = (await (await bot.call("GET", "/v1/admin/alerts")).json()) as {
    data: { rules: unknown[]; channels: [] };
  };
  expect(alerts.data.rules).toContainEqual({
    name: "device_offline",
    about: "A linked device is not connected.",
    is_on: true,
    limit: 300_000,
  });
  expect(alerts.data.channels).toEqual([]);
  const { out, exit } = await ran(bot.folder, ["alerts", "test"]);
  expect([out, exit]).toEqual([expect.stringContaining("There is no channel: set ALERT_WEBHOOK_URL"), 1]);
  expect((await ran(bot.folder, ["alerts"])).out).toContain(
    "● device_offline (5 minutes): A linked device is not connected.",
  );
}, 20_000);
