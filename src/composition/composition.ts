import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
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
import { atOnce, inSequence } from "../core/base/service.ts";
import { newKey } from "../core/access/keys.ts";
import { Authenticator } from "../core/access/authenticator.ts";
import { Feed } from "../core/delivery/feed.ts";
import { type Judge, judge } from "../core/policy/governor.ts";
import { MediaService } from "../core/media/media-service.ts";
import { ChatMoves } from "../core/identity/chat-moves.ts";
import { Janitor } from "../core/janitor.ts";
import { randomBytes } from "node:crypto";
import type { Service } from "../core/base/service.ts";
import { countAttempt, countEvent } from "../core/metrics/event-counts.ts";
import { FigureLog } from "../core/metrics/figure-log.ts";
import type { GaugeReading } from "../core/metrics/gauges.ts";
import { Meter } from "../core/metrics/meter.ts";
import { TraceContexts } from "../core/metrics/trace-contexts.ts";
import type { Principal } from "../core/model/principal.ts";
import type { BotEvent } from "../core/model/events/events.ts";
import { watchLag } from "../server/lag.ts";
import { textFileIn } from "../store/sqlite/text-file.ts";
import type { AlertMonitor } from "../core/alerts/monitor.ts";
import { openAlerts } from "./alerts.ts";
import { followSettings, keeping, operatorsWebhooks, reloadSettings, usualDays } from "./follow-settings.ts";
import { readGauges } from "./gauges.ts";
import type { Log } from "../core/base/log.ts";
import { LogTail } from "../core/base/log-tail.ts";
import type { Store } from "../core/ports/store.ts";
import { Traces } from "../core/trace/traces.ts";
import { serveFilesBelow } from "../core/model/content/files.ts";
import { Targets } from "../core/model/events/targets.ts";
import { WebhookFiles } from "../core/webhooks/webhook-files.ts";
import { Webhooks } from "../core/webhooks/webhooks.ts";
import { Allowed } from "../net/allowed.ts";
import { mediaTools } from "../media/tools.ts";
import { ProxiedWays } from "../net/proxy/ways-out.ts";
import { DeviceProxies } from "../core/device/device-proxies.ts";
import { guardedFetch } from "../net/fetch.ts";
import type { PluginHost } from "../plugins/host/host.ts";
import type { Audited } from "../server/acts.ts";
import { DashboardSessions } from "../server/sessions.ts";
import { LiveSettings } from "../config/live-settings.ts";
import { type RunningServer, startServer } from "../server/serve.ts";
import { ReadinessCheck } from "../core/readiness.ts";
import { openStore, type StoreOptions } from "../store/open.ts";
import { adminKey, nameUpdated } from "./keys.ts";
import { ownerKeyOf } from "./owner-key.ts";
import { localAccess } from "./running-file.ts";
import { ids, systemClock } from "./system.ts";
import type { WhatsApp } from "./whatsapp.ts";
import { v1 } from "../api/faces/v1.ts";
import { poster, type PosterOptions } from "../webhooks/post.ts";
import { rawOf } from "../api/v1/raw.ts";
import { version as ours } from "../../package.json" with { type: "json" };

/** By default sending is only smoothed: a second apart, a few at once after a pause. */
const pace = { perSecond: 1, burst: 5 };

export interface Running {
  readonly url: string;
  readonly bot: Bot;
  readonly budgets: Budgets;
  readonly sessions: DashboardSessions;
  readonly plugins: PluginHost;
  /** Set when this start made the admin key: shown once, kept as a hash. */
  readonly newKey: string | null;
  /** The data folder, when this start made it. */
  readonly newFolder: string | null;
  /** Reads the files of the settings again; the log and the audit say what came of it. Never throws. */
  reload(): Promise<void>;
  /** Takes down why the last backup failed; null when it did not. */
  noteBackup(problem: string | null): void;
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
  /** `merpati start --after-restore`: see `StoreOptions.afterRestore`. */
  afterRestore?: StoreOptions["afterRestore"];
  /** The settings that may change while it runs; their present config is the one given. */
  settings?: LiveSettings;
  /** Called as soon as the server listens; what is asked of it waits a moment, until devices are dialling. */
  listening?: (server: Pick<Running, "url" | "newKey" | "newFolder">) => void;
}

/** The whole bot, from its parts. Decides nothing. */
export async function compose(config: Config, log: Log, stands: Stands = {}): Promise<Running> {
  const { around = (store) => store, clock = systemClock, logs = new LogTail(), listening = () => {} } = stands;
  const { queueLimit, maxPages, flush, afterRestore, settings = LiveSettings.fixed(config) } = stands;
  const targets = new Targets();
  const { durability, sessionsDir: dir } = config;
  const newFolder = existsSync(join(dir, "merpati.sqlite")) ? null : resolve(dir);
  const ownerKey = ownerKeyOf(config);
  const wanted = { dir, clock, durability, targetsOf: targets.of, queueLimit, maxPages, flush, ownerKey, afterRestore };
  const store = around(await openStore(wanted));
  const firstKey = await adminKey(store.keys, config);
  await nameUpdated(store.keys, log);
  const base: Base = { config, settings, clock, log, logs, store, targets, stands, localKey: newKey(), ...measuring() };
  const access = await openAccess(base);
  const delivery = await openDelivery({ ...base, ...access });
  const { whatsapp, bot, plugins } = await openBot({ ...base, ...access, ...delivery });
  const figures = await openFigures({ ...base, ...delivery, bot, plugins, whatsapp });
  const alerts = await openAlerts({ ...base, ...delivery, bot, gauges: figures.gauges });
  const sessions = await DashboardSessions.load({ store: store.browserSessions, clock, log, path: config.basePath });
  const opened = Promise.withResolvers<void>();
  const server = openServer({ ...base, ...access, ...delivery, ...figures, alerts, bot, plugins, sessions, opened });
  keepCurrent({ ...base, ...access, ...delivery, bot, server });
  const janitor = janitorOf({ ...base, ...access, ...delivery });
  followSettings(settings, { ...base, ...access, ...delivery, janitor, alerts, bot, plugins, server });
  const local = localAccess(dir, { url: server.url, key: base.localKey, pid: process.pid });
  local.start();
  listening({ url: server.url, newKey: firstKey, newFolder });
  const services = inSequence([
    { start() {}, stop: () => store.close() },
    // Before anything can happen: an event is owed to the plugins that run when it is written.
    atOnce([{ start: async () => void (await whatsapp()), stop: async () => (await whatsapp()).close() }, plugins]),
    { start() {}, stop: () => delivery.ways.close() },
    delivery.courier,
    janitor,
    new ChatMoves({ persons: store.persons, clock, log }),
    bot,
    access.authenticator.watch(log),
    figures.service,
    alerts,
    // It listens already; from its start on it answers.
    { start: () => opened.resolve(), stop: () => server.stop() },
    { start() {}, stop: () => local.stop() },
    {
      start: () => void store.check().catch((error: unknown) => log.error({ err: error }, "the store is damaged")),
      stop() {},
    },
  ]);
  await services.start();
  const { budgets } = access;
  return {
    url: server.url,
    bot,
    budgets,
    sessions,
    plugins,
    newKey: firstKey,
    newFolder,
    reload: () => reloadSettings(settings, log, access.auditor),
    noteBackup: (problem) => figures.noteBackup(problem),
    idle: () => delivery.courier.idle(),
    stop: async () => services.stop(),
  };
}

/** What every part is made of. */
interface Base {
  config: Config;
  settings: LiveSettings;
  clock: Clock;
  log: Log;
  logs: LogTail;
  meter: Meter;
  traces: TraceContexts;
  store: Store;
  targets: Targets;
  stands: Stands;
  /** See `AuthenticatorOptions.localKey`. */
  localKey: string;
}

type Access = Awaited<ReturnType<typeof openAccess>>;
type Delivery = Awaited<ReturnType<typeof openDelivery>>;

async function openAccess({ config, clock, log, store, localKey }: Base) {
  const auditor = new Auditor({ store, clock, ids });
  const budgets = await Budgets.load({ store, clock });
  const authenticator = await Authenticator.load(store.keys, clock, {
    open: config.auth === "off",
    adminKey: config.apiKey,
    localKey,
    refused: (address) =>
      void auditor.refused(address).catch((error: unknown) => log.warn({ err: error }, "not audited")),
    failed: (error) => log.warn({ err: error }, "the use of a key was not written down"),
  });
  return { auditor, budgets, authenticator };
}

type OpenFile = (tenant: string, media: string) => Promise<Blob>;

async function openDelivery(parts: Base & Access) {
  const { config, settings, clock, log, store, targets, meter, traces, budgets } = parts;
  const feed = new Feed((error) => log.error({ err: error }, "a listener to events failed"));
  feed.listen(({ event }) => countEvent(meter, event.type));
  const allowed = new Allowed(config.outboundAllow);
  const safeFetch = guardedFetch({ clock, allowed });
  const proxies = await DeviceProxies.load({ proxies: store.proxies, server: () => settings.config.proxy });
  const ways = new ProxiedWays({ clock, allowed, proxyOf: (traveller) => proxies.of(traveller) });
  const courier = new Courier({
    deliveries: store.deliveries,
    clock,
    log,
    attempted: (target, isTaken, took) => countAttempt(meter, target, isTaken, took),
  });
  const traceOf = (event: BotEvent) => traces.of(event);
  const late: { rawOf?: NonNullable<PosterOptions["rawOf"]>; open?: OpenFile; webhooks?: Webhooks; address?: string } =
    {};
  const webhookFiles = new WebhookFiles({
    clock,
    find: (id) => late.webhooks?.find(id) ?? null,
    isLinked: (tenant) => budgets.isLinked(tenant),
    address: () => (config.publicUrl ?? `${late.address ?? ""}${config.basePath}`).replace(/\/+$/, ""),
    open: (tenant, media) => late.open?.(tenant, media) ?? Promise.reject(starting()),
    hash: (text) => ids.hash(text),
  });
  const rawOf: PosterOptions["rawOf"] = async (endpoint, event) => late.rawOf?.(endpoint, event);
  const post = poster(safeFetch, { clock, version: ours, bodyOf: v1.event, rawOf, filesIn: webhookFiles.in, traceOf });
  // Before anything can happen: an event is owed to those who are registered when it is written.
  const webhooks = await Webhooks.load(
    { store, targets, courier, feed, post, safeFetch, clock, log, ids },
    operatorsWebhooks(config),
  );
  late.webhooks = webhooks;
  const readRawWith = (read: NonNullable<PosterOptions["rawOf"]>) => void (late.rawOf = read);
  const openFilesWith = (open: OpenFile) => void (late.open = open);
  const addressIs = (address: string) => void (late.address = address);
  const lateParts = { readRawWith, openFilesWith, addressIs };
  return { feed, allowed, safeFetch, proxies, ways, courier, webhooks, webhookFiles, ...lateParts };
}

function janitorOf({ config, clock, log, store, targets, budgets, courier, webhooks }: Base & Access & Delivery) {
  return new Janitor({
    retention: store.retention,
    clock,
    log,
    ...keeping(config),
    limitsOf: (tenant) => budgets.limitsOf(tenant),
    due: courier.now,
    owedTo: () => targets.names(),
    tell: (lost) => webhooks.deadLetter(lost),
    pruned: () => courier.reload(),
  });
}

/** The devices, their way to WhatsApp, their files, and the plugins. Nothing runs yet. */
async function openBot(parts: Base & Access & Delivery) {
  const { config, settings, clock, log, store, targets, stands, auditor, budgets, authenticator } = parts;
  const { feed, safeFetch, proxies, ways, courier, webhooks } = parts;
  serveFilesBelow(config.basePath);
  // What is made later than who needs it.
  const late: { plugins?: PluginHost; bot?: Bot } = {};
  const traces = new Traces(clock);
  const whatsapp = once(async () => {
    const { openWhatsApp } = await import("./whatsapp.ts");
    return openWhatsApp(config, { store, media, safeFetch, ways, traces, clock, log });
  });
  const media = mediaOn(parts, whatsapp, (device, remote) => late.bot?.renew(device, remote));
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
    mover: async () => (await import("../whatsapp/moving/mover.ts")).mover,
    readRaw: async (wire) => (await import("../whatsapp/codec/raw.ts")).rawMessage(wire),
    usualDays: () => usualDays(settings.config),
    beforeSend: async (draft, device) =>
      late.plugins ? { ...draft, content: await late.plugins.outgoing({ ...draft, device, plugin: null }) } : draft,
    pace: config.sending === "off" ? null : pace,
    judge: stands.judge ?? judge,
    media,
    proxies,
    ways,
    eagerMedia: () => settings.config.mediaDownload === "eager",
    deliver: (written) => courier.offer(written),
    forgotten: () => courier.reload(),
    isKeyUsable: (id) => authenticator.isUsable(id),
    authenticate: (credential, address) => authenticator.authenticate(credential, address),
    keysChanged: async () => {
      await authenticator.refresh();
      await webhooks.reload();
    },
    pairWith: config.usePairingCode ? (config.phoneNumber ?? undefined) : undefined,
  });
  late.bot = bot;
  webhooks.replyWith(({ id, tenant, devices }, device, draft, idempotencyKey) => {
    const principal: Principal = { tenant, key: `webhook ${id}`, scopes: ["read", "send"], devices };
    return bot.as(principal).device(device).outbox.send(draft, { idempotencyKey });
  });
  parts.readRawWith(async ({ tenant }, event) => {
    const principal: Principal = { tenant, key: "webhooks", scopes: ["read"], devices: null };
    return (await rawOf(bot.as(principal), [event]))[event.id];
  });
  parts.openFilesWith(async (tenant, media) => {
    const reader: Principal = { tenant, key: "webhooks", scopes: ["read"], devices: null };
    return (await bot.as(reader).file(media)).bytes();
  });
  const forPlugins = { app: bot, clock, log, data: store.pluginData, targets, courier, feed, ledger: store.ledger };
  const plugins = openPlugins(config, { ...forPlugins, safeFetch, auditor }, stands.plugins);
  late.plugins = plugins;
  return { whatsapp, bot, plugins };
}

function mediaOn(
  { config, clock, store, budgets, safeFetch, ways }: Base & Access & Delivery,
  whatsapp: () => Promise<WhatsApp>,
  renew: (device: string, remote: string) => Promise<string> | undefined,
): MediaService {
  return new MediaService({
    media: store.media,
    source: {
      async *fetch(remote, limit, traveller) {
        yield* (await whatsapp()).servers.fetch(remote, limit, traveller);
      },
    },
    tools: mediaTools,
    fetch: safeFetch,
    ways,
    clock,
    ids,
    limit: config.mediaMaxMb * 2 ** 20,
    needRoom: (tenant) => budgets.need(tenant, "media_bytes", 1),
    renew: (device, remote) => renew(device, remote) ?? Promise.reject(starting()),
  });
}

/** What counts while the bot runs. */
const measuring = () => ({
  meter: new Meter(),
  traces: new TraceContexts((size) => randomBytes(size).toString("hex")),
});

type FigureParts = Base & Delivery & Pick<Served, "bot" | "plugins"> & { whatsapp: () => Promise<WhatsApp> };

async function openFigures({ whatsapp, ...parts }: FigureParts) {
  const { config, clock, log, courier, meter } = parts;
  let unknownNames = (): string[] => [];
  // It is opened when the bot starts, and asked for nothing before.
  const ready = () => whatsapp().then((opened) => (unknownNames = () => opened.unknownNames()));
  const dir = config.sessionsDir;
  let backupTrouble: string | null = null;
  const noteBackup = (problem: string | null) => void (backupTrouble = problem);
  const gauges = async () => ({
    ...(await readGauges({ ...parts, dir, due: courier.now, unknownNames: () => unknownNames() })),
    backupTrouble,
  });
  const lag = watchLag();
  const note = textFileIn(join(dir, "figures.json"));
  const figures = await FigureLog.load({ meter, gauges, worstLag: () => lag.read().worst, note, clock, log });
  const service: Service = {
    async start() {
      await ready();
      figures.start();
    },
    async stop() {
      lag.stop();
      await figures.stop();
    },
  };
  return { gauges, figures, service, noteBackup };
}

interface Served {
  bot: Bot;
  plugins: PluginHost;
  sessions: DashboardSessions;
  figures: FigureLog;
  gauges: () => Promise<GaugeReading>;
  alerts: AlertMonitor;
  opened: PromiseWithResolvers<void>;
}

function openServer({
  config,
  settings,
  clock,
  log,
  store,
  auditor,
  budgets,
  bot,
  ...served
}: Base & Access & Delivery & Served) {
  const { plugins, sessions, logs, opened, meter, traces, figures, gauges, alerts, webhookFiles } = served;
  const audit: Audited = async (by, action, tenant, subject) =>
    auditor
      .note(by, action, tenant, subject)
      .catch((error: unknown) => log.warn({ err: error, action }, "not audited"));
  return startServer({
    sessions,
    app: bot,
    plugins,
    clock,
    log,
    logs,
    config,
    version: ours,
    pages,
    meter,
    traces,
    figures,
    gauges,
    alerts,
    settings,
    webhookFiles,
    ready: opened.promise,
    readiness: new ReadinessCheck({ clock, probe: () => store.probe(), connected: () => bot.isConnected }),
    budgets,
    audit,
  });
}

/** What the command line does to keys and tenants beside us reaches those who are connected. */
function keepCurrent({
  log,
  authenticator,
  budgets,
  webhooks,
  proxies,
  bot,
  server,
  addressIs,
}: Base & Access & Delivery & { bot: Bot; server: RunningServer }): void {
  addressIs(server.url);
  const reroute = async () => {
    if (await proxies.refresh()) await bot.reroute();
  };
  authenticator.listen(
    () => void reroute().catch((error: unknown) => log.warn({ err: error }, "proxies were not read")),
  );
  authenticator.listen(() => server.recheck());
  authenticator.listen(
    () => void budgets.refresh().catch((error: unknown) => log.warn({ err: error }, "budgets not read")),
  );
  authenticator.listen(
    () => void webhooks.reload().catch((error: unknown) => log.warn({ err: error }, "webhooks not reloaded")),
  );
}

/** Done when it is first asked for. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

const starting = () => new Failure("unavailable", "The bot is starting; try again.", { retryAfter: 5 });
