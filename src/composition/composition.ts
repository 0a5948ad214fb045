import { day } from "../core/base/durations.ts";
import type { Config } from "../config/config.ts";
import { openPlugins, type PluginStands } from "./plugins.ts";
import { pages } from "../dashboard/pages.ts";
import { Auditor } from "../core/access/audit.ts";
import { Budgets } from "../core/access/budgets.ts";
import { Bot } from "../core/bot.ts";
import type { Connector } from "../core/ports/connector.ts";
import type { Clock } from "../core/base/clock.ts";
import { Courier } from "../core/delivery/courier.ts";
import { Failure } from "../core/base/failure.ts";
import { Authenticator } from "../core/access/authenticator.ts";
import { Feed } from "../core/delivery/feed.ts";
import { type Judge, judge } from "../core/policy/governor.ts";
import { MediaService } from "../core/media/media-service.ts";
import { hashKey, newKey, prefixOf } from "../core/access/keys.ts";
import { Janitor } from "../core/janitor.ts";
import type { Log } from "../core/base/log.ts";
import { LogTail } from "../core/base/log-tail.ts";
import type { KeyRecord, Keys } from "../core/ports/keys.ts";
import { scopes } from "../core/model/scopes.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import type { Store } from "../core/ports/store.ts";
import { Traces } from "../core/trace/traces.ts";
import { Targets } from "../core/model/events/targets.ts";
import { Webhooks } from "../core/webhooks/webhooks.ts";
import { Allowed } from "../net/allowed.ts";
import { mediaTools } from "../media/tools.ts";
import { guardedFetch } from "../net/fetch.ts";
import type { PluginHost } from "../plugins/host/host.ts";
import type { Audited } from "../server/acts.ts";
import { DashboardSessions } from "../server/sessions.ts";
import { startServer } from "../server/serve.ts";
import { ReadinessCheck } from "../core/readiness.ts";
import { openStore, type StoreOptions } from "../store/open.ts";
import { ids, systemClock } from "./system.ts";
import { v1 } from "../api/faces/v1.ts";
import { poster } from "../webhooks/post.ts";
import { version as ours } from "../../package.json" with { type: "json" };

/** By default sending is only smoothed: a second apart, a few at once after a pause. */
const pace = { perSecond: 1, burst: 5 };

/** How long a stop waits for webhooks and plugins that are at work; what they do not finish begins again. */
const drainMs = 5_000;

export interface Running {
  readonly url: string;
  readonly bot: Bot;
  readonly budgets: Budgets;
  readonly sessions: DashboardSessions;
  readonly plugins: PluginHost;
  /** Set when this start made the admin key: shown once, kept as a hash. */
  readonly newKey: string | null;
  /** Resolves when no webhook or plugin is being told anything. */
  idle(): Promise<void>;
  /** Resolves when everything is on disk and closed. */
  stop(): Promise<void>;
}

/** What a test may put in the place of the real thing. */
export interface Stands {
  /** Stands between the bot and its store. */
  around?: ((store: Store) => Store) | undefined;
  clock?: Clock;
  judge?: Judge;
  queueLimit?: number;
  /** Pages of 4 KB that the store's files may grow to. */
  maxPages?: number;
  /** Brings a file of the store to the disk. */
  flush?: StoreOptions["flush"];
  plugins?: PluginStands;
  /** Stands between the devices and WhatsApp. */
  connector?: (real: Connector) => Connector;
  /** Where `log` keeps its last lines. */
  logs?: LogTail;
  /** Called as soon as the server listens; what is asked of it waits a moment, until devices are dialling. */
  listening?: (server: Pick<Running, "url" | "newKey">) => void;
}

/** The whole bot, from its parts. Decides nothing. */
export async function compose(config: Config, log: Log, stands: Stands = {}): Promise<Running> {
  const {
    around = (store) => store,
    clock = systemClock,
    logs = new LogTail(),
    plugins: pluginStands,
    queueLimit,
    maxPages,
    flush,
    listening = () => {},
  } = stands;
  const targets = new Targets();
  const { durability, sessionsDir: dir } = config;
  const store = around(await openStore({ dir, clock, durability, targetsOf: targets.of, queueLimit, maxPages, flush }));
  const made = await adminKey(store.keys, config);
  await nameUpdated(store.keys, log);
  const auditor = new Auditor({ store, clock, ids });
  const budgets = await Budgets.load({ store, clock });
  const authenticator = await Authenticator.load(store.keys, clock, {
    open: config.auth === "off",
    adminKey: config.apiKey,
    refused: (address) =>
      void auditor.refused(address).catch((error: unknown) => log.warn({ err: error }, "not audited")),
    failed: (error) => log.warn({ err: error }, "the use of a key was not written down"),
  });
  const stopWatching = authenticator.watch(log);
  const feed = new Feed((error) => log.error({ err: error }, "a listener to events failed"));
  const safeFetch = guardedFetch({ clock, allowed: new Allowed(config.outboundAllow) });
  const courier = new Courier({ deliveries: store.deliveries, clock, log });
  const post = poster(safeFetch, { clock, version: ours, bodyOf: v1.event });
  // Before anything can happen: an event is owed to those who are registered when it is written.
  const webhooks = await Webhooks.load(
    { store, targets, courier, feed, post, safeFetch, clock, log, ids },
    { urls: config.webhookUrl, secret: config.webhookSecret, events: config.webhookEvents },
  );
  const days = (count: number) => count * day;
  const janitor = new Janitor({
    retention: store.retention,
    clock,
    log,
    maxAge: days(config.eventRetentionDays),
    maxHistoryAge: days(config.historyRetentionDays),
    maxAuditAge: days(config.auditRetentionDays),
    maxBytes: config.eventRetentionMb * 1024 * 1024,
    limitsOf: (tenant) => budgets.limitsOf(tenant),
    due: courier.now,
    owedTo: () => targets.names(),
    tell: (lost) => webhooks.deadLetter(lost),
    pruned: () => courier.wake(),
  });
  // What is made later than who needs it.
  const late: { plugins?: PluginHost; bot?: Bot } = {};
  const traces = new Traces(clock);
  const whatsapp = once(async () => {
    const { openWhatsApp } = await import("./whatsapp.ts");
    return openWhatsApp(config, { store, media, safeFetch, traces, clock, log });
  });
  const media = new MediaService({
    media: store.media,
    source: {
      async *fetch(remote, limit) {
        yield* (await whatsapp()).servers.fetch(remote, limit);
      },
    },
    tools: mediaTools,
    fetch: safeFetch,
    clock,
    ids,
    limit: config.mediaMaxMb * 2 ** 20,
    needRoom: (tenant) => budgets.need(tenant, "media_bytes", 1),
    renew: (device, remote) => late.bot?.renew(device, remote) ?? Promise.reject(starting()),
  });
  const bot = await Bot.open({
    store,
    budgets,
    connector: async () => (stands.connector ?? ((real) => real))((await whatsapp()).connector),
    clock,
    log,
    feed,
    ids,
    webhooks,
    traces,
    beforeSend: async (draft, device) =>
      late.plugins ? { ...draft, content: await late.plugins.outgoing({ ...draft, device, plugin: null }) } : draft,
    pace: config.sending === "off" ? null : pace,
    judge: stands.judge ?? judge,
    media,
    eagerMedia: config.mediaDownload === "eager",
    wakeTargets: (targets) => courier.wake(targets),
    isKeyUsable: (id) => authenticator.isUsable(id),
    authenticate: (credential, address) => authenticator.authenticate(credential, address),
    keysChanged: async () => {
      await authenticator.refresh();
      await webhooks.reload();
    },
  });
  late.bot = bot;
  const parts = { app: bot, clock, log, data: store.pluginData, targets, courier, feed, ledger: store.ledger };
  const plugins = openPlugins(config, { ...parts, safeFetch, auditor }, pluginStands);
  late.plugins = plugins;
  const begun = Promise.withResolvers<void>();
  const ready = begun.promise;
  const readiness = new ReadinessCheck({ clock, probe: () => store.probe(), connected: () => bot.isConnected });
  const audit: Audited = async (by, action, tenant, subject) =>
    auditor
      .note(by, action, tenant, subject)
      .catch((error: unknown) => log.warn({ err: error, action }, "not audited"));
  const sessions = await DashboardSessions.load({ store: store.browserSessions, clock, log });
  const server = startServer({
    sessions,
    app: bot,
    plugins,
    clock,
    log,
    logs,
    config,
    version: ours,
    pages,
    ready,
    readiness,
    budgets,
    audit,
  });
  authenticator.listen(() => server.recheck());
  // The command line may have changed a tenant beside us.
  authenticator.listen(
    () => void budgets.refresh().catch((error: unknown) => log.warn({ err: error }, "budgets not read")),
  );
  authenticator.listen(
    () => void webhooks.reload().catch((error: unknown) => log.warn({ err: error }, "webhooks not reloaded")),
  );
  listening({ url: server.url, newKey: made });
  // Before anything can happen: an event is owed to the plugins that run when it is written.
  await Promise.all([whatsapp(), plugins.begin()]);
  await courier.start();
  janitor.start();
  await bot.begin(config.usePairingCode ? (config.phoneNumber ?? undefined) : undefined);
  begun.resolve();
  return {
    url: server.url,
    bot,
    budgets,
    sessions,
    plugins,
    newKey: made,
    idle: () => courier.idle(),
    async stop() {
      stopWatching();
      await server.stop();
      await bot.stop();
      janitor.stop();
      await courier.stop(drainMs);
      await plugins.close();
      await (await whatsapp()).close();
      await store.close();
    },
  };
}

/** Done when it is first asked for. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

const starting = () => new Failure("unavailable", "The bot is starting; try again.", { retryAfter: 5 });

/** Says once which keys of an older Merpati may do something else now. */
async function nameUpdated(keys: Keys, log: Log): Promise<void> {
  for (const { id, name, scopes: granted } of await keys.takeUpdated()) {
    const now = granted.includes("admin")
      ? "is an admin key: it had no tenant and every scope"
      : `is no admin key any more: it had no tenant and the scopes ${granted.join(", ")} only, which bind it now`;
    log.warn({ key: id }, `The key "${name}" ${now}. \`merpati key list\` shows every key.`);
  }
}

/** The first start makes a key, unless the operator gave one or wants none. */
async function adminKey(keys: Keys, config: Config): Promise<string | null> {
  if (config.apiKey !== null || config.auth === "off" || (await keys.list()).length > 0) return null;
  const key = newKey();
  const record: KeyRecord = {
    id: ids.message(),
    tenant: homeTenant,
    name: "first start",
    hash: hashKey(key),
    scopes: [...scopes, "admin"],
    devices: null,
    prefix: prefixOf(key),
    createdBy: null,
    createdAt: systemClock.now(),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  };
  await keys.create(record);
  return key;
}
