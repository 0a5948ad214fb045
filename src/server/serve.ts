import { join } from "node:path";
import type { Audited } from "./acts.ts";
import type { Budgets } from "../core/access/budgets.ts";
import type { App } from "../core/app.ts";
import type { Clock } from "../core/base/clock.ts";
import { Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import type { LogTail } from "../core/base/log-tail.ts";
import type { ReadinessCheck } from "../core/readiness.ts";
import type { Plugins } from "../core/ports/plugins.ts";
import type { Settings } from "../core/ports/settings.ts";
import type { AlertMonitor } from "../core/alerts/monitor.ts";
import type { FigureLog } from "../core/metrics/figure-log.ts";
import type { GaugeReading } from "../core/metrics/gauges.ts";
import type { Meter } from "../core/metrics/meter.ts";
import type { TraceContexts } from "../core/metrics/trace-contexts.ts";
import type { WebhookFiles } from "../core/webhooks/webhook-files.ts";
import { MediaLinks } from "../core/media/media-link.ts";
import { PasskeyLinks } from "../core/device/passkey-link.ts";
import { QrLinks } from "../core/device/qr-link.ts";
import { faces } from "../api/faces/index.ts";
import type { Cors } from "./cors.ts";
import { type Certificate, readCertificate, watchCertificate } from "./certificate.ts";
import { counted } from "./counted.ts";
import { parsable } from "./address.ts";
import { BasePath } from "./base-path.ts";
import { bodyLimit } from "./body.ts";
import { Spool } from "./spool.ts";
import { failureResponse, Gate } from "./gate.ts";
import { http } from "./http.ts";
import { healthRoutes } from "./health.ts";
import { MetricsRoute } from "./metrics.ts";
import { linkedFile } from "./linked-file.ts";
import { urlAt } from "./listening.ts";
import { type Binding, RenewableServer } from "./renewable.ts";
import { watchLag } from "./lag.ts";
import { docsRoutes } from "./openapi.ts";
import type { Pages } from "./pages.ts";
import { ClientAddress } from "./client-address.ts";
import type { DashboardSessions } from "./sessions.ts";
import { site } from "./site.ts";
import { LazySockets } from "./lazy-sockets.ts";

export interface ServerOptions {
  app: App;
  plugins?: Plugins;
  clock: Clock;
  log: Log;
  /** What of the log the admin may read. */
  logs: LogTail;
  version: string;
  /** The dashboard as browsers get it; asked for once, by the first of them. */
  pages: () => Promise<Pages>;
  budgets: Budgets;
  audit: Audited;
  sessions: DashboardSessions;
  /** What `/health` says besides that the process answers. */
  readiness?: ReadinessCheck;
  meter: Meter;
  traces: TraceContexts;
  figures?: FigureLog;
  /** For `/metrics`; absent where nobody reads them. */
  gauges?: () => Promise<GaugeReading>;
  alerts?: AlertMonitor;
  settings?: Settings;
  /** Reads links that webhooks were given. */
  webhookFiles?: WebhookFiles;
  /** Requests wait for it; pages and the health check do not. */
  ready?: Promise<void>;
  config: {
    /** 0 takes a free one. */
    readonly port: number;
    readonly host: string;
    readonly corsOrigin: readonly string[];
    readonly auth: "on" | "off";
    /** The largest file that may be brought, MB. */
    readonly mediaMaxMb?: number;
    /** The folder of all that is kept; the files of forms stand in it until they are. */
    readonly sessionsDir: string;
    /** Proxies that are believed when they say whom a request comes from. */
    readonly trustedProxies?: readonly string[];
    readonly metricsKey?: string | null;
    /** `/bot` when it is reached below a path; empty otherwise. */
    readonly basePath?: string;
    /** PEM files: with both it speaks HTTPS. */
    readonly tlsCert?: string | null;
    readonly tlsKey?: string | null;
    /** Where others reach this server. */
    readonly publicUrl?: string | null;
  };
}

export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:3000`, without a slash at the end and without the base path. */
  readonly url: string;
  /** Puts out who came in with a key that is no good any more. */
  recheck(): void;
  /** From now on this holds; port, host and limits stay what they were. */
  follow(config: ServerOptions["config"]): void;
  /** Resolves when nobody is connected any more. */
  stop(): Promise<void>;
}

/** The largest body with a file, bytes: in base64 it is a third larger, and a message stands around it. */
const largestBody = (megabytes: number) => Math.ceil(megabytes * 1.4 + 1) * 2 ** 20;

/** The one server: every face, the API docs and the health check on one port. */
export function startServer(options: ServerOptions): RunningServer {
  const { plugins, sessions, clock, log, logs, config } = options;
  const client = new ClientAddress(config.trustedProxies ?? []);
  const addressOf = (request: Request, server: Bun.Server<unknown>): string =>
    client.of(request.headers, server.requestIP(request)?.address ?? "unknown");
  const links = new QrLinks(clock);
  const passkeyLinks = new PasskeyLinks(clock);
  const mediaLinks = new MediaLinks(clock);
  const lag = watchLag();
  const base = new BasePath(config.basePath ?? "");
  const place = { basePath: base.path, publicUrl: config.publicUrl ?? null };
  const tools = { ...options, ...place, links, passkeyLinks, mediaLinks, lag: () => lag.read() };
  const api = http(faces, tools, log).compile();
  const fileLimit = largestBody(config.mediaMaxMb ?? 64);
  const next = (request: Request) => api.fetch(request);
  const spool = new Spool(join(config.sessionsDir, "uploads"));
  const gate = new Gate({ ...options, ...config, faces, fileLimit, spool, next });
  const [{ cors }, { auth }] = [gate, config];
  const sockets = new LazySockets({ ...options, faces, cors, auth, addressOf });
  const recheck = (): void => {
    gate.recheck();
    sockets.recheck();
  };
  const metrics = metricsOf(options);
  const whenReady = waiting(options.ready);
  const pass = (request: Request, address: string) => whenReady(() => gate.handle(request, address));
  const linked = { app: options.app, mediaLinks, webhookFiles: options.webhookFiles };
  const handlers = atAnyHost({
    ...docsRoutes,
    ...site({ ...options, ...place, auth, links, passkeyLinks, sessions, cors, addressOf, recheck, api: pass }),
    ...healthRoutes({ readiness: options.readiness, log: () => logs.output }),
    "/metrics": (request, server) => whenReady(() => metrics.answer(request, addressOf(request, server))),
    "/media/*": (request) => whenReady(() => linkedFile(request, linked)),
    "/plugins/*": (request) => whenReady(() => pluginAnswer(plugins, request, log)),
    "/socket.io/": (request, server) => whenReady(() => sockets.handle(request, server)),
  });
  const server = served(options, {
    // Above it Bun answers by itself, without a word: the gate's sentence comes first.
    maxRequestBodySize: 8 * fileLimit,
    routes: base.routes(handlers),
    websocket: sockets.websocket,
    fetch: (request, server) => pass(base.inside(parsable(request)), addressOf(request, server)),
    error: (error) => brokenAnswer(error, log),
  });
  return {
    port: server.port,
    url: server.url,
    recheck,
    follow: (next) => followed(next, { cors, client, metrics }),
    async stop() {
      lag.stop();
      metrics.stop();
      await sockets.stop();
      await server.stop();
    },
  };
}

type Handlers = Record<string, (request: Request, server: Bun.Server<unknown>) => Response | Promise<Response>>;

/** The same routes for requests whose Host nobody can parse. */
const atAnyHost = (routes: Handlers): Handlers =>
  Object.fromEntries(
    Object.entries(routes).map(([route, answer]) => [route, (request, server) => answer(parsable(request), server)]),
  );

interface Answers {
  maxRequestBodySize: number;
  routes: Handlers;
  websocket: Bun.WebSocketHandler<never>;
  fetch: (request: Request, server: Bun.Server<unknown>) => Promise<Response>;
  error: (error: Error) => Response;
}

/** The listener: over TLS with a certificate that may be renewed, else plain. */
function served({ config, clock, log }: ServerOptions, answers: Answers) {
  const { host: hostname, tlsCert, tlsKey } = config;
  const files = tlsCert && tlsKey ? { cert: tlsCert, key: tlsKey } : null;
  const first = files && readCertificate(files);
  const open = (certificate: Certificate | null) => (binding: Binding) =>
    Bun.serve({
      ...answers,
      ...binding,
      hostname,
      development: false,
      idleTimeout: 60,
      ...(certificate && { tls: { ...certificate } }),
    });
  const server = new RenewableServer(config.port, open(first), first !== null);
  const renew = (certificate: Certificate) => server.renew(open(certificate));
  const unwatch = files && first ? watchCertificate({ files, present: first, clock, log, renew }) : () => {};
  return {
    port: server.port,
    url: urlAt(hostname, server.port, first ? "https" : "http"),
    async stop() {
      unwatch();
      await server.stop();
    },
  };
}

function followed(
  { corsOrigin, trustedProxies = [], metricsKey = null }: ServerOptions["config"],
  { cors, client, metrics }: { cors: Cors; client: ClientAddress; metrics: MetricsRoute },
): void {
  cors.allow(corsOrigin);
  client.trust(trustedProxies);
  metrics.keyIs(metricsKey);
}

function metricsOf({ app, meter, gauges, alerts, config, version, log }: ServerOptions): MetricsRoute {
  const absent = () => Promise.reject(new Failure("not_found", "Nobody keeps figures here."));
  return new MetricsRoute({
    app,
    meter,
    gauges: gauges ?? absent,
    openIncidents: () => alerts?.open() ?? new Map(),
    key: config.metricsKey ?? null,
    version,
    log,
  });
}

/** What nobody caught: the log tells the operator, the answer tells nothing of our inside. */
function brokenAnswer(error: unknown, log: Log): Response {
  log.error({ err: error }, "request failed");
  const body = { success: false, error: "Something went wrong on our side.", code: "internal" };
  return Response.json(body, { status: 500 });
}

/** Runs what is asked for at once when `ready` is over, else then. */
function waiting(ready: Promise<void> | undefined): <T>(work: () => Promise<T>) => Promise<T> {
  let isReady = ready === undefined;
  const open = (): boolean => (isReady = true);
  ready?.then(open, open);
  return (work) => (isReady || !ready ? work() : ready.then(work));
}

/** A plugin's page is a stranger in our house: what its scripts ask comes without the dashboard's session. */
const pluginCsp = "sandbox allow-scripts allow-forms allow-popups allow-downloads";

/** Plugins' own routes: public, each checks its callers itself. */
async function pluginAnswer(plugins: Plugins | undefined, request: Request, log: Log): Promise<Response> {
  try {
    if (!plugins) throw new Failure("not_found", "This server runs without plugins.");
    const response = await plugins.handle(await counted(request, bodyLimit));
    response.headers.set("content-security-policy", pluginCsp);
    return response;
  } catch (thrown) {
    return failureResponse(thrown, undefined, log, request);
  }
}
