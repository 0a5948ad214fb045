import type { Server } from "bun";
import { apiKeyOf } from "../../api/credentials.ts";
import { plainly } from "../../api/failures.ts";
import { Failure, asFailure } from "../../core/base/failure.ts";
import { homeTenant } from "../../core/ports/tenants.ts";
import { scopes } from "../../core/model/scopes.ts";
import { isLoopback } from "../../core/base/loopback.ts";
import { pages } from "../../dashboard/pages.ts";
import { parsable } from "../../server/address.ts";
import { Cors } from "../../server/cors.ts";
import { listening, urlAt } from "../../server/listening.ts";
import { PageServer } from "../../server/pages.ts";
import { fromOurPage } from "../../server/session-cookie.ts";
import { version } from "../../../package.json" with { type: "json" };
import type { BotProcess } from "./bot-process.ts";
import { SandboxEvents } from "./sandbox-events.ts";
import { tunnel, tunnels } from "./tunnel.ts";

export interface FrontOptions {
  port: number;
  host: string;
  /** What opens the bot: its pages get in with it, when they are opened on this machine. */
  key: string;
  bot: BotProcess;
  /** Where the simulator's control API is. */
  control: string;
}

/** Who opens a page here. */
const everybody = { admin: true, tenant: homeTenant, scopes, auth: "on", sandbox: true, version };
const fresh = { "cache-control": "no-store" };

type OurServer = Server<never>;

/** Of these the bot serves the same; from here they come also while it is dead. */
const ours = /^\/(?:sandbox|assets\/.*)?$/;

/**
 * What a browser talks to in the sandbox: the pages, the simulator and the bot behind one address, which outlives the
 * bot. All else is passed on to it.
 */
export class Front {
  readonly events = new SandboxEvents();
  readonly #server: OurServer;
  readonly #pages = new PageServer(pages, { frames: true });
  readonly #cors = new Cors([], { warn() {} });

  readonly #options: FrontOptions;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#server = listening(options.port, () =>
      Bun.serve({
        port: options.port,
        hostname: options.host,
        reusePort: false,
        idleTimeout: 0,
        maxRequestBodySize: 256 * 2 ** 20,
        websocket: tunnels,
        fetch: (request, server) => this.#answer(request, server as OurServer),
      }),
    ) as OurServer;
    options.bot.listen((bot) => this.events.tell({ type: "bot", ...bot }));
  }

  get url(): string {
    return urlAt(this.#options.host, this.#server.port);
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(asked: Request, server: OurServer): Promise<Response | undefined> {
    const request = parsable(asked);
    const { pathname } = new URL(request.url);
    try {
      if (ours.test(pathname))
        return (await this.#pages.answer(request, pathname)) ?? (await this.#pass(request, server));
      if (pathname.startsWith("/sandbox/api/"))
        return await this.#play(request, server, pathname.slice("/sandbox/api".length));
      return await this.#pass(request, server);
    } catch (error) {
      const { status, body } = plainly(asFailure(error));
      return Response.json(body, { status, headers: fresh });
    }
  }

  /** The simulated world: everybody on this machine may play with it, no page from elsewhere may. */
  async #play(request: Request, server: OurServer, path: string): Promise<Response> {
    // The name in `Host` is the caller's word.
    if (!isHere(request, server)) throw new Failure("forbidden", "Only this machine may play with the sandbox.");
    this.#cors.admit(request, "off");
    const { bot } = this.#options;
    switch (`${request.method} ${path}`) {
      case "GET /events":
        return this.events.stream({ type: "state", ...bot.state }, request.signal);
      case "POST /bot/kill":
        await bot.kill();
        return Response.json({ success: true, data: bot.state });
      case "POST /bot/start":
        await bot.start();
        return Response.json({ success: true, data: bot.state });
      default: {
        const { method, body, signal } = request;
        return fetch(`${this.#options.control}${path}`, { method, body, signal });
      }
    }
  }

  async #pass(request: Request, server: OurServer): Promise<Response | undefined> {
    const { pathname, search } = new URL(request.url);
    const guest = this.#isGuest(request, server);
    // Who is there is known also while the bot is dead.
    if (guest && pathname === "/session") return Response.json({ success: true, data: everybody }, { headers: fresh });
    const { url } = this.#options.bot;
    if (url === null) throw new Failure("unavailable", "The bot is not running. Start it again on the sandbox's page.");
    const target = `${url}${pathname}${search}`;
    if (request.headers.get("upgrade") === "websocket" && tunnel(request, server, target)) return undefined;
    return this.#ask(request, target, guest);
  }

  /** A page of ours, opened on this machine: nobody's bot, so it needs no key. */
  #isGuest(request: Request, server: OurServer): boolean {
    const url = new URL(request.url);
    const { method, headers } = request;
    const here = isLoopback(url.hostname) && isHere(request, server);
    return here && apiKeyOf(headers) === null && headers.has("sec-fetch-site") && fromOurPage(method, headers, url);
  }

  async #ask(request: Request, target: string, guest: boolean): Promise<Response> {
    const { method, signal } = request;
    const headers = new Headers(request.headers);
    if (guest) {
      headers.set("x-api-key", this.#options.key);
      headers.delete("cookie");
    }
    const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
    const options = { method, headers, body, signal, redirect: "manual", decompress: false } as const;
    const answer = await fetch(target, options).catch((error: unknown) => {
      throw new Failure("unavailable", "The bot did not answer: it may have been killed just now.", { cause: error });
    });
    return new Response(answer.body && whatever(answer.body), answer);
  }
}

const isHere = (request: Request, server: OurServer): boolean => isLoopback(server.requestIP(request)?.address ?? "");

/** The same, which ends where the other breaks off: the bot may be killed at any moment. */
function whatever(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => reader.cancel(),
  });
}
