import { join } from "node:path";
import type { Config } from "../config/config.ts";
import type { AlertChannel } from "../core/alerts/channel.ts";
import { AlertMonitor, type AlertPlan } from "../core/alerts/monitor.ts";
import { operator } from "../core/access/operator.ts";
import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";
import type { Bot } from "../core/bot.ts";
import type { GaugeReading } from "../core/metrics/gauges.ts";
import { emailChannel } from "../notify/email.ts";
import { webhookChannel } from "../notify/webhook.ts";
import { textFileIn } from "../store/sqlite/text-file.ts";
import { signed } from "../webhooks/sign.ts";
import { ids } from "./system.ts";

interface AlertParts {
  config: Config;
  clock: Clock;
  log: Log;
  bot: Bot;
  safeFetch: SafeFetch;
  gauges: () => Promise<GaugeReading>;
}

/** What watches the bot and tells the operator, by the channels that the settings name. */
export function openAlerts({ config, clock, log, bot, safeFetch, gauges }: AlertParts): Promise<AlertMonitor> {
  return AlertMonitor.load({
    gauges,
    ...alertPlan(config, { clock, bot, safeFetch }),
    note: textFileIn(join(config.sessionsDir, "incidents.json")),
    clock,
    log,
    newId: () => ids.message(),
  });
}

/** What of it the settings say. */
export const alertPlan = (
  config: Config,
  { clock, bot, safeFetch }: Pick<AlertParts, "clock" | "bot" | "safeFetch">,
): AlertPlan => ({
  channels: channelsOf(config, clock, bot, safeFetch),
  thresholds: config.alertRules,
  quietHours: config.alertQuietHours,
});

function channelsOf(config: Config, clock: Clock, bot: Bot, safeFetch: SafeFetch): AlertChannel[] {
  const { alertWebhookUrl: url, alertWebhookSecret: secret, alertWhatsapp, alertEmail, smtpUrl } = config;
  const channels: AlertChannel[] = [];
  if (url !== null) {
    const sign = (id: string, type: string, body: string) =>
      secret === null ? {} : signed({ id, type, body, at: clock.now() }, [secret]);
    channels.push(webhookChannel({ url, safeFetch, sign, clock }));
  }
  if (alertWhatsapp !== null) channels.push(whatsappChannel(bot, alertWhatsapp));
  if (alertEmail.length > 0 && smtpUrl !== null) {
    const from = config.alertEmailFrom ?? alertEmail[0] ?? "";
    channels.push(emailChannel({ smtpUrl, to: alertEmail, from }));
  }
  return channels;
}

/** By a device of the operator's own: one that is not the one in trouble, as long as there is another. */
function whatsappChannel(bot: Bot, { device: id, number }: { device: string; number: string }): AlertChannel {
  return {
    name: "whatsapp",
    async send({ text, type, incident }) {
      const device = bot.as(operator("bot")).device(id);
      if (device.status().phase !== "connected")
        throw new Failure("unavailable", `The device ${id} of ALERT_WHATSAPP is not connected itself.`);
      const draft = { to: number, content: { kind: "text" as const, text } };
      // Tried again after a crash, it goes out once.
      const key = type === "incident.test" ? {} : { idempotencyKey: `alert:${incident.id}:${type}` };
      await device.outbox.send(draft, key);
    },
  };
}
