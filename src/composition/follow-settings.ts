import type { Config } from "../config/config.ts";
import type { LiveSettings } from "../config/live-settings.ts";
import type { Authenticator } from "../core/access/authenticator.ts";
import type { Auditor } from "../core/access/audit.ts";
import type { UsualDays } from "../core/access/lifetimes.ts";
import { operator } from "../core/access/operator.ts";
import type { AlertMonitor } from "../core/alerts/monitor.ts";
import type { Clock } from "../core/base/clock.ts";
import { day } from "../core/base/durations.ts";
import { asFailure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";
import type { Bot } from "../core/bot.ts";
import type { Janitor, Keeping } from "../core/janitor.ts";
import type { Settings } from "../core/ports/settings.ts";
import type { OperatorsWebhooks } from "../core/webhooks/operators-webhooks.ts";
import type { Webhooks } from "../core/webhooks/webhooks.ts";
import type { Allowed } from "../net/allowed.ts";
import type { PluginHost } from "../plugins/host/host.ts";
import type { RunningServer } from "../server/serve.ts";
import { alertPlan } from "./alerts.ts";
import { pluginTone } from "./plugins.ts";

/** What the settings say of how much stays. */
export const keeping = (config: Config): Keeping => ({
  maxAge: config.eventRetentionDays * day,
  maxHistoryAge: config.historyRetentionDays * day,
  maxAuditAge: config.auditRetentionDays * day,
  maxBytes: config.eventRetentionMb * 1024 * 1024,
});

export const usualDays = (config: Config): UsualDays => ({
  eventDays: config.eventRetentionDays,
  historyDays: config.historyRetentionDays,
});

export const operatorsWebhooks = (config: Config): OperatorsWebhooks => ({
  urls: config.webhookUrl,
  secret: config.webhookSecret,
  events: config.webhookEvents,
  raw: config.webhookRaw,
});

/** SIGHUP: what stands in the files holds now, or all stays as it was. The log says which, and the audit. */
export async function reloadSettings(settings: Settings, log: Log, auditor: Auditor): Promise<void> {
  const note = (action: string, names: readonly string[]) =>
    auditor
      .note(operator("SIGHUP"), action, null, names.join(", ") || null)
      .catch((error: unknown) => log.warn({ err: error, action }, "not audited"));
  try {
    const { changed, needRestart } = await settings.reload();
    log.info({ changed }, changed.length === 0 ? "the settings are as they were" : "settings were changed");
    if (needRestart.length > 0)
      log.warn({ settings: needRestart }, "settings that cannot change while the bot runs were changed: restart it");
    await note("settings.reload", changed);
  } catch (error) {
    log.error({ problem: asFailure(error).message }, "the settings are not taken over: all stay as they were");
    await note("settings.reload.refused", []);
  }
}

export interface Following {
  clock: Clock;
  log: Log;
  safeFetch: SafeFetch;
  allowed: Allowed;
  authenticator: Authenticator;
  alerts: AlertMonitor;
  janitor: Janitor;
  webhooks: Webhooks;
  bot: Bot;
  plugins: PluginHost;
  server: RunningServer;
}

/** What changes while the bot runs reaches every part that it is about. What is asked for each time needs no telling. */
export function followSettings(settings: LiveSettings, parts: Following): void {
  let before = settings.config;
  settings.follow((config) => {
    const isOther = (...names: (keyof Config)[]) => names.some((name) => !Bun.deepEquals(config[name], before[name]));
    parts.allowed.open(config.outboundAllow);
    parts.janitor.keep(keeping(config));
    parts.plugins.follow(pluginTone(config));
    parts.server.follow(config);
    // A channel that rests after a failure rests on.
    if (isOther(...alertSettings)) parts.alerts.follow(alertPlan(config, parts));
    // Whoever is signed in with it is put out.
    if (isOther("apiKey")) parts.authenticator.adminKeyIs(config.apiKey);
    if (isOther("webhookUrl", "webhookSecret", "webhookEvents", "webhookRaw"))
      parts.webhooks
        .follow(operatorsWebhooks(config))
        .catch((error: unknown) =>
          parts.log.error({ err: error }, "the webhooks of the settings could not be changed"),
        );
    if (isOther("proxy"))
      parts.bot
        .reroute()
        .catch((error: unknown) => parts.log.error({ err: error }, "devices could not go over to another proxy"));
    before = config;
  });
}

const alertSettings: readonly (keyof Config)[] = [
  "alertRules",
  "alertWebhookUrl",
  "alertWebhookSecret",
  "alertWhatsapp",
  "alertEmail",
  "alertEmailFrom",
  "smtpUrl",
  "alertQuietHours",
];
