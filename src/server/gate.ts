import { apiKeyOf } from "../api/credentials.ts";
import { type Face, setCaller, faceOf } from "../api/face.ts";
import { plainly } from "../api/failures.ts";
import type { Credential } from "../core/access/authenticator.ts";
import type { Budgets, Rate } from "../core/access/budgets.ts";
import type { App, Workspace } from "../core/app.ts";
import type { Principal } from "../core/model/principal.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import { type Route, RouteFinder } from "../api/table/find.ts";
import { need } from "../core/access/scope.ts";
import { Cors } from "./cors.ts";
import type { Spender } from "../core/access/budgets.ts";
import { actingIn } from "./acting.ts";
import { routable } from "./address.ts";
import type { Meter } from "../core/metrics/meter.ts";
import { TraceContexts } from "../core/metrics/trace-contexts.ts";
import { type Audited, auditAct, auditRefusal, madeIn } from "./acts.ts";
import { readBody } from "./body.ts";
import type { Spool } from "./spool.ts";
import { LargeJson } from "./large-json.ts";
import { RequestsInFlight, spenderOf } from "./spending.ts";
import type { DashboardSessions } from "./sessions.ts";

export interface GateOptions {
  app: App;
  budgets: Budgets;
  audit: Audited;
  faces: readonly Face[];
  log: Log;
  /** Origins besides our own whose pages may call; `*` is any. */
  corsOrigin: readonly string[];
  auth: "on" | "off";
  sessions: DashboardSessions;
  /** Bodies that may hold a file are refused above it, bytes. */
  fileLimit: number;
  /** Where the files of bodies stand meanwhile. */
  spool: Spool;
  meter: Meter;
  /** Which messages belong to which trace. */
  traces: TraceContexts;
  /** Answers what has passed. */
  next: (request: Request) => Response | Promise<Response>;
}

const ids = new WeakMap<Request, string>();
/** What is left of the caller's pace. */
const rates = new WeakMap<Request, Rate | null>();

/** The caller's own word for the call, when it is one, so that both logs name it alike. */
function requestIdOf({ headers }: Request): string {
  const given = headers.get("x-request-id") ?? "";
  return /^[\w.-]{1,64}$/.test(given) ? given : Bun.randomUUIDv7();
}

interface Caller {
  key: Credential;
  address: string;
}

/**
 * Every HTTP call comes through here first. The key is checked before the route is known, so that nobody without one
 * learns a thing; the route's scope and the device before a byte of the body is read; the body's size and shape before
 * it is parsed.
 */
export class Gate {
  readonly cors: Cors;
  readonly #largeJson = new LargeJson();
  /** Answers that last, and who asked for them. */
  readonly #streams = new Map<AbortController, Caller>();
  readonly #finders: ReadonlyMap<Face, RouteFinder>;

  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#finders = new Map(options.faces.map((face) => [face, new RouteFinder(face.table)]));
    this.cors = new Cors(options.corsOrigin, options.log);
  }

  async handle(request: Request, address: string): Promise<Response> {
    const started = performance.now();
    const { pathname } = new URL(request.url);
    const id = requestIdOf(request);
    const face = faceOf(this.#options.faces, pathname);
    const route = (face && this.#finders.get(face)?.find(request.method, pathname)) ?? null;
    ids.set(request, id);
    const response = await this.#answer(request, address, face, route);
    for (const [name, value] of Object.entries(this.cors.headers(request)))
      if (name === "vary") response.headers.append(name, value);
      else response.headers.set(name, value);
    response.headers.set("x-request-id", id);
    const rate = rates.get(request);
    if (rate)
      for (const name of ["limit", "remaining", "reset"] as const)
        response.headers.set(`ratelimit-${name}`, String(rate[name]));
    response.headers.set("x-content-type-options", "nosniff");
    if (face) response.headers.set("cache-control", "no-store");
    // Never the path itself: it may hold numbers, and be as long as its sender likes.
    const path = route?.pattern ?? `${face?.prefixes[0] ?? ""}/…`;
    const took = performance.now() - started;
    this.#measure(face, response.status, took);
    this.#note(request.method, path, response.status, took, id);
    return response;
  }

  async #answer(request: Request, address: string, face: Face | undefined, route: Route | null): Promise<Response> {
    if (request.method === "OPTIONS") return new Response(null, { status: 204 });
    if (!face) return this.#options.next(routable(request));
    let inFlight: RequestsInFlight | undefined;
    let by: Principal | undefined;
    let spender: Spender | undefined;
    try {
      if (this.#options.auth === "off") this.cors.admit(request, "off");
      const { headers } = request;
      const key = this.#options.sessions.credential(apiKeyOf(headers, face.keys), request);
      const caller = this.#options.app.authenticate(key, address);
      by = caller;
      const { tenant, rest } = face.adminOnly ? { tenant: null, rest: request } : actingIn(request);
      const principal = await this.#acting(caller, tenant);
      by = principal;
      spender = spenderOf(principal);
      rates.set(request, this.#options.budgets.pace(spender, "requests_per_second"));
      const workspace = this.#admitted(principal, face, route, request);
      inFlight = new RequestsInFlight(this.#options.budgets, spender.tenant);
      const read = await readBody(asGet(rest), route?.row.body ?? "none", {
        fileLimit: this.#options.fileLimit,
        lenient: face.lenient === true,
        largeJson: this.#largeJson,
        spool: this.#options.spool,
        later: (work) => inFlight?.later(work),
        taken: (bytes) => inFlight?.add(bytes),
      });
      const whole = routable(read);
      ids.set(whole, ids.get(request) ?? "");
      setCaller(whole, { workspace, administer: () => this.#options.app.administer(principal) });
      const response = await this.#options.next(whole);
      await this.#trace(headers.get("traceparent"), response);
      if (route && response.ok) await auditAct(this.#options.audit, principal, route, response);
      else if (response.status >= 400) await this.#refused(principal, route, response);
      if (request.method === "HEAD") return await headOf(response);
      return streams(response) ? this.#lasting(response, { key, address }, spender) : response;
    } catch (thrown) {
      const refusal = failureResponse(thrown, face, this.#options.log, request);
      // Who is too fast is told how much there is, too.
      if (spender && !rates.has(request))
        rates.set(request, this.#options.budgets.left(spender, "requests_per_second"));
      // What is left of a body that nobody reads is not worth its way here.
      if (request.body !== null) refusal.headers.set("connection", "close");
      await this.#refused(by, route, refusal);
      return refusal;
    } finally {
      inFlight?.end();
    }
  }

  async #refused(by: Principal | undefined, route: Route | null, response: Response): Promise<void> {
    if (!by || !route) return;
    await auditRefusal(this.#options.audit, by, route, response, this.#deviceOf(by, route));
  }

  /** The device in a path, if the caller has it. */
  #deviceOf(by: Principal, { params }: Route): string | null {
    try {
      return params["id"] === undefined ? null : this.#options.app.as(by).device(params["id"]).id;
    } catch {
      return null;
    }
  }

  /** Ends the streams of those whose key is no good any more. */
  recheck(): void {
    for (const [stream, { key, address }] of this.#streams) {
      try {
        this.#options.app.authenticate(key, address);
      } catch {
        stream.abort();
      }
    }
  }

  /** The admin acts in the tenant that the call names. Throws `forbidden` for anybody else, `not_found`. */
  async #acting(caller: Principal, tenant: string | null): Promise<Principal> {
    if (tenant === null || tenant === caller.tenant) return caller;
    need(caller, "admin");
    await this.#options.app.administer(caller).tenant(tenant);
    return { ...caller, tenant };
  }

  /** What the caller may use. Throws `forbidden`, `not_found` in the same words for absent and foreign. */
  #admitted(principal: Principal, face: Face, route: Route | null, { method, url }: Request): Workspace {
    const { app } = this.#options;
    if (face.adminOnly) need(principal, "admin");
    if (route === null) throw unknownRoute(method, new URL(url).pathname);
    const { row, params } = route;
    if (row.admin) need(principal, "admin");
    need(principal, row.scope);
    const workspace = app.as(principal);
    if (params["id"] !== undefined) workspace.device(params["id"]);
    return workspace;
  }

  /** The messages that a traced call made are traced on. */
  async #trace(header: string | null, response: Response): Promise<void> {
    if (header === null || !TraceContexts.isValid(header) || !response.ok) return;
    const id = await madeIn(response);
    if (id !== null) this.#options.traces.note(id, header);
  }

  /** The same answer, which we can end. */
  #lasting(response: Response, caller: Caller, { tenant }: Spender): Response {
    const leave = this.#options.budgets.hold(tenant, "sockets", 1);
    const ending = new AbortController();
    this.#streams.set(ending, caller);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const over = (): void => {
      leave();
      this.#streams.delete(ending);
    };
    response.body?.pipeTo(writable, { signal: ending.signal }).then(over, over);
    return new Response(readable, response);
  }

  #measure(face: Face | undefined, status: number, ms: number): void {
    const { meter } = this.#options;
    const name = face?.name ?? "none";
    meter.count("merpati_http_requests_total", [name, `${Math.trunc(status / 100)}xx`]);
    meter.observe("merpati_http_request_duration_seconds", [name], ms / 1_000);
  }

  #note(method: string, path: string, status: number, ms: number, request: string): void {
    // Ids in paths may be phone numbers.
    const fields = { method, path, status, ms: Math.round(ms), request };
    if (status >= 400) this.#options.log.info(fields, "request refused");
    else this.#options.log.debug(fields, "request answered");
  }
}

/** Elysia reads a whole answer to learn its length for HEAD, and a stream has no end. */
const asGet = (request: Request): Request =>
  request.method === "HEAD" ? new Request(request.url, { headers: request.headers, signal: request.signal }) : request;

async function headOf(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}

const shownPath = 200;
const unknownRoute = (method: string, path: string) =>
  new Failure("not_found", `There is no ${method} ${path.length > shownPath ? `${path.slice(0, shownPath)}…` : path}.`);

const streams = (response: Response) => response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;

/** What a thrown value looks like on the wire, in the face's words. */
export function failureResponse(thrown: unknown, face: Face | undefined, log: Log, request: Request): Response {
  const failure = asFailure(thrown);
  if (failure.code === "internal") log.error({ err: failure.cause, request: ids.get(request) }, "request failed");
  const { status, body } = (face?.word ?? plainly)(failure);
  const headers: Record<string, string> = {};
  if (failure.retryAfter !== undefined) headers["retry-after"] = String(Math.ceil(failure.retryAfter));
  return Response.json(body, { status, headers });
}
