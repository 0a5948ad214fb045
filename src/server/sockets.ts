import { Server as Engine } from "@socket.io/bun-engine";
import type { Server as BunServer, WebSocketHandler } from "bun";
import { Server, type Socket } from "socket.io";
import { type KeyPlaces, keyOfClient } from "../api/credentials.ts";
import { plainly } from "../api/failures.ts";
import type { Face } from "../api/face.ts";
import type { SocketFace } from "../api/visitor.ts";
import type { Audited } from "./acts.ts";
import type { Credential } from "../core/access/authenticator.ts";
import type { Budgets } from "../core/access/budgets.ts";
import type { App, Workspace } from "../core/app.ts";
import type { Clock } from "../core/base/clock.ts";
import { asFailure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import { TurnGate } from "../core/base/turn-gate.ts";
import { counted } from "./counted.ts";
import type { Cors } from "./cors.ts";
import { Handshakes } from "./handshakes.ts";
import { Refusals } from "./refusals.ts";
import { Relay } from "./relay.ts";
import type { DashboardSessions } from "./sessions.ts";
import { spenderOf } from "./spending.ts";
import { visitorOf } from "./visit.ts";

export interface SocketOptions {
  app: Pick<App, "authenticate" | "as">;
  budgets: Budgets;
  audit: Audited;
  faces: readonly Face[];
  clock: Clock;
  log: Log;
  cors: Cors;
  auth: "on" | "off";
  sessions: DashboardSessions;
  addressOf: (request: Request, server: BunServer<unknown>) => string;
  /** The largest packet a client may send, bytes. */
  maxPacket: number;
}

interface Caller {
  /** Gives its place back. */
  leave: () => void;
  workspace: Workspace;
  key: Credential;
  address: string;
}

/** Sockets that begin in one turn of the event loop: a thousand at once would hold up everybody else. */
const mostInTurn = 4;
/** A client that has not shown a key by then is shut out, milliseconds. */
const patienceMs = 10_000;

/** Socket.IO on the server's own port: websocket and long polling, every socket face in one namespace. */
export class Sockets {
  readonly #io = new Server({ serveClient: false, connectTimeout: patienceMs });
  readonly #engine: Engine;
  #handler: WebSocketHandler<never> | undefined;
  readonly #addresses = new WeakMap<object, string>();
  readonly #callers = new Map<string, Caller>();
  /** Who was refused a socket too often stays away before anything is upgraded. */
  readonly #refusals: Refusals;
  readonly #handshakes: Handshakes;
  readonly #gate = new TurnGate(mostInTurn);
  /** What ends the handshake of a request that opens a socket, and of a socket whose key is not known. */
  readonly #begun = new WeakMap<Request, () => void>();
  readonly #unproven = new WeakMap<object, () => void>();
  readonly #relay: Relay;
  /** They share one namespace: their words differ. */
  readonly #faces: readonly SocketFace[];
  readonly #keys: readonly KeyPlaces[];

  readonly #options: SocketOptions;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#engine = new Engine({
      path: "/socket.io/",
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxHttpBufferSize: options.maxPacket,
    });
    const spoken = options.faces.filter(({ sockets }) => sockets);
    this.#faces = spoken.flatMap(({ sockets }) => sockets?.() ?? []);
    this.#keys = spoken.map(({ keys }) => keys);
    this.#io.bind(this.#engine);
    this.#engine.on("connection", (socket, request, server) => {
      this.#addresses.set(socket, options.addressOf(request, server));
      const end = this.#begun.get(request);
      if (!end) return;
      this.#begun.delete(request);
      this.#unproven.set(socket, end);
      socket.on("close", end);
    });
    this.#refusals = new Refusals(options.clock);
    this.#handshakes = new Handshakes(options.clock);
    this.#relay = new Relay(this.#io, { ...options, faces: this.#faces });
    this.#io.use((socket, next) => {
      try {
        this.#callers.set(socket.id, this.#identify(socket));
        this.#unproven.get(socket.conn)?.();
        next();
      } catch (error) {
        this.#refusals.note(this.#addresses.get(socket.conn) ?? "unknown");
        next(refusal(error));
      }
    });
    this.#io.on("connection", (socket) => this.#welcome(socket));
  }

  /** What becomes of the websockets that `handle` opened. */
  get websocket(): WebSocketHandler<never> {
    return (this.#handler ??= this.#engine.handler().websocket as unknown as WebSocketHandler<never>);
  }

  /** Answers `/socket.io/`: refuses foreign pages and wrong keys before anything is upgraded. */
  async handle(request: Request, server: BunServer<unknown>): Promise<Response> {
    const headers = this.#options.cors.headers(request);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers });
    let response: Response;
    try {
      this.#options.cors.admit(request, this.#options.auth);
      const isNew = this.#precheck(request, server);
      const small = await counted(request, this.#options.maxPacket);
      if (isNew) await this.#gate.pass();
      response = isNew ? await this.#begin(small, server) : await this.#engine.handleRequest(small, server);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === "rate_limited") await this.#handshakes.refuse();
      const { status, body } = plainly(failure);
      response = Response.json(body, { status });
    }
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  }

  async stop(): Promise<void> {
    this.#relay.stop();
    await this.#io.close();
  }

  /**
   * A key in the header or the query can be judged before there is a socket; one in `auth` comes with the first packet.
   * True for a request that opens one.
   */
  #precheck(request: Request, server: BunServer<unknown>): boolean {
    const { searchParams } = new URL(request.url);
    if (searchParams.has("sid")) return false;
    const address = this.#options.addressOf(request, server);
    this.#refusals.needPatience(address);
    const key = keyOfClient(this.#keys, {}, request.headers, Object.fromEntries(searchParams));
    if (key !== null) this.#options.app.authenticate(key, address);
    return true;
  }

  /** Opens a socket, which is counted until it has shown its key. Throws `rate_limited`. */
  async #begin(request: Request, server: BunServer<unknown>): Promise<Response> {
    const end = this.#handshakes.begin(this.#options.addressOf(request, server));
    this.#begun.set(request, end);
    try {
      return await this.#engine.handleRequest(request, server);
    } finally {
      // Still there: no socket came of it.
      if (this.#begun.delete(request)) end();
    }
  }

  #identify({ handshake, conn }: Socket): Caller {
    const headers = new Headers(handshake.headers as Record<string, string>);
    const url = new URL(handshake.url, `http://${headers.get("host")}`).href;
    const shown = keyOfClient(this.#keys, handshake.auth, headers, handshake.query);
    const key = this.#options.sessions.credential(shown, { method: "GET", headers, url });
    const address = this.#addresses.get(conn) ?? "unknown";
    const principal = this.#options.app.authenticate(key, address);
    const leave = this.#options.budgets.hold(spenderOf(principal).tenant, "sockets", 1);
    return { workspace: this.#options.app.as(principal), key, address, leave };
  }

  #welcome(socket: Socket): void {
    const caller = this.#callers.get(socket.id);
    if (!caller) return void socket.disconnect(true);
    for (const face of this.#faces) {
      const visitor = visitorOf(socket, face, caller.workspace, { relay: this.#relay, audit: this.#options.audit });
      face.welcome(visitor).catch((error: unknown) => this.#note(error));
    }
    socket.on("disconnecting", () => this.#relay.forget(socket));
    socket.on("disconnect", () => {
      caller.leave();
      this.#callers.delete(socket.id);
    });
  }

  /** Who came in with a key that was revoked or has expired since is put out. */
  recheck(): void {
    for (const [id, { key, address }] of this.#callers) {
      try {
        this.#options.app.authenticate(key, address);
      } catch {
        this.#io.in(id).disconnectSockets(true);
      }
    }
  }

  #note(error: unknown): void {
    const failure = asFailure(error);
    this.#options.log.warn({ err: failure.cause ?? failure, code: failure.code }, "socket could not be served");
  }
}

/** What `connect_error` shows: the sentence, and the code in `data`. */
function refusal(error: unknown): Error {
  const { message, code } = asFailure(error);
  return Object.assign(new Error(message), { data: { code } });
}
