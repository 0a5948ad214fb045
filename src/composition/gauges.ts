import { statfs } from "node:fs/promises";
import type { Bot } from "../core/bot.ts";
import type { Clock } from "../core/base/clock.ts";
import { asFailure } from "../core/base/failure.ts";
import type { LogTail } from "../core/base/log-tail.ts";
import type { DeviceGauge, GaugeReading, WebhookGauge } from "../core/metrics/gauges.ts";
import { lastFour } from "../core/model/guidance.ts";
import type { Endpoint } from "../core/ports/endpoint.ts";
import type { Plugins } from "../core/ports/plugins.ts";
import type { Store } from "../core/ports/store.ts";
import type { Webhooks } from "../core/webhooks/webhooks.ts";

export interface GaugeParts {
  store: Pick<Store, "figures" | "probe">;
  bot: Pick<Bot, "statuses">;
  webhooks: Pick<Webhooks, "all">;
  plugins: Pick<Plugins, "list">;
  logs: LogTail;
  unknownNames: () => readonly string[];
  /** The time that due deliveries go by. */
  due: () => number;
  /** The data folder. */
  dir: string;
  clock: Clock;
}

/** Reads how the bot is, now. */
export async function readGauges(parts: GaugeParts): Promise<Omit<GaugeReading, "backupTrouble">> {
  const { store, bot, webhooks, plugins, logs, dir } = parts;
  const [figures, disk] = await Promise.all([store.figures(), statfs(dir)]);
  const { messagesWaiting, deliveriesOwed, oldestDueAt, databaseBytes, diskFreeBytes } = figures;
  return {
    devices: bot.statuses().map(deviceGauge),
    webhooks: webhooks.all().map(webhookGauge),
    pluginsDisabled: plugins.list().flatMap(({ name, state }) => (state === "disabled" ? [name] : [])),
    messagesWaiting,
    deliveriesPending: deliveriesOwed,
    oldestDeliveryMs: oldestDueAt === null ? 0 : Math.max(0, parts.due() - oldestDueAt),
    databaseBytes,
    diskFreeBytes,
    diskSizeBytes: disk.blocks * disk.bsize,
    memoryBytes: process.memoryUsage.rss(),
    logLinesLost: logs.output?.lost ?? 0,
    storeTrouble: await store.probe().then(
      () => null,
      (error: unknown) => asFailure(error).message,
    ),
    unknownNames: parts.unknownNames(),
  };
}

function deviceGauge({ tenant, isWanted, status }: ReturnType<Bot["statuses"]>[number]): DeviceGauge {
  const { id, label, phase, reason, unlinked, lastConnectAt, sending } = status;
  return {
    tenant,
    id,
    label,
    phase,
    reason,
    isWanted,
    // It is not over before a message was taken.
    isRestricted: sending.restrictedUntil !== null || sending.isProbing,
    lastConnectAt,
    unlinked: unlinked && { reason: unlinked.reason, at: unlinked.at, number: lastFour(unlinked.account.jid) },
  };
}

const webhookGauge = ({ tenant, id, url, state, failingSince }: Endpoint): WebhookGauge => ({
  tenant,
  id,
  host: URL.parse(url)?.host ?? "",
  state,
  failingSince,
});
