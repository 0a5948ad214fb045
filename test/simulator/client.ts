import { Boom } from "@hapi/boom";
import {
  type AuthenticationCreds,
  type BinaryNode,
  BufferJSON,
  DisconnectReason,
  initAuthCreds,
  makeWASocket,
  proto,
  type SignalDataTypeMap,
  type UserFacingSocketConfig,
  WA_CERT_DETAILS,
  type WAMessage,
  type WASocket,
} from "@whiskeysockets/baileys";
import { makeLibSignalRepository } from "@whiskeysockets/baileys/lib/Signal/libsignal.js";
import pino from "pino";
import "../../src/whatsapp/wire/curve.ts";
import type { Simulator } from "../../src/simulator/index.ts";
import { memoryKeys } from "../clients/baileys/memory-keys.ts";

/** Credentials and keys in memory, serialised as a store on disk would. */
export class MemoryAuth {
  creds: AuthenticationCreds = initAuthCreds();
  readonly #data = new Map<string, string>();

  readonly keys = memoryKeys(this.#data, { BufferJSON, proto });

  /** The keys as they are now, to go back to later. */
  snapshot(): Map<string, string> {
    return new Map(this.#data);
  }

  restore(snapshot: Map<string, string>): void {
    this.#data.clear();
    for (const [key, value] of snapshot) this.#data.set(key, value);
  }

  /** Removes all keys of one type, as a damaged store would. */
  forget(type: keyof SignalDataTypeMap): void {
    for (const key of this.#data.keys()) if (key.startsWith(`${type} `)) this.#data.delete(key);
  }
}

/** What a client must know of a server. */
export interface Endpoint {
  readonly url: string;
  readonly rootKey: string;
}

export interface Closed {
  readonly code: number | undefined;
  readonly message: string;
}

/**
 * The real Baileys, pointed at a simulator. It reconnects by itself after a 515 (and after nothing else), and keeps
 * what it saw, so that tests can wait for it without sleeping.
 */
export class Client {
  readonly auth: MemoryAuth;
  readonly sim: Endpoint;
  readonly messages: { message: WAMessage; type: string }[] = [];
  readonly events: { name: string; data: unknown }[] = [];
  #config: Partial<UserFacingSocketConfig>;
  readonly #waiters = new Set<() => void>();
  socket!: WASocket;
  qr: string | undefined;
  open = false;
  closed: Closed | undefined;
  /** The message with this id is refused with `<ack error>`, as stock Baileys does what it cannot read; ours never does. */
  nacked: string | undefined;

  constructor(sim: Endpoint, config: Partial<UserFacingSocketConfig> = {}, auth = new MemoryAuth()) {
    this.sim = sim;
    this.auth = auth;
    this.#config = config;
    this.connect();
  }

  /** Starts a connection with the credentials kept so far. */
  connect(): void {
    WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(this.sim.rootKey, "hex");
    this.open = false;
    this.closed = undefined;
    const socket = makeWASocket({
      waWebSocketUrl: this.sim.url,
      auth: { creds: this.auth.creds, keys: this.auth.keys },
      logger: pino({ level: process.env["BAILEYS_LOG"] ?? "silent" }),
      retryRequestDelayMs: 0,
      // Not ours: a mistake of ours shall not meet the same mistake here.
      makeSignalRepository: makeLibSignalRepository,
      // Baileys never rejects a query that is under way when its socket ends; inside libsignal's queue, which all clients
      // of a process share by address, such a query blocks the next client too, for this long.
      defaultQueryTimeoutMs: 2_000,
      ...this.#config,
    });
    this.socket = socket;
    this.#nack(socket);
    socket.ev.process((events) => {
      if (socket !== this.socket) return;
      for (const [name, data] of Object.entries(events)) this.events.push({ name, data });
      if (events["creds.update"]) Object.assign(this.auth.creds, events["creds.update"]);
      for (const message of events["messages.upsert"]?.messages ?? []) {
        this.messages.push({ message, type: events["messages.upsert"]?.type ?? "" });
      }
      this.#connection(events["connection.update"]);
      this.look();
    });
  }

  #nack(socket: WASocket): void {
    const stock = socket.ws.listeners("CB:message");
    socket.ws.removeAllListeners("CB:message");
    socket.ws.on("CB:message", (node: BinaryNode) => {
      if (node.attrs.id !== this.nacked) return stock.forEach((listener) => listener(node));
      const { id = "", from = "" } = node.attrs;
      void socket.sendNode({ tag: "ack", attrs: { class: "message", id, to: from, error: "500" } });
    });
  }

  /** Connects elsewhere from now on. */
  useUrl(waWebSocketUrl: string): void {
    this.#config = { ...this.#config, waWebSocketUrl };
  }

  /** Ends the connection from this side, as a stop of the program does. */
  async disconnect(): Promise<void> {
    await this.socket.end(undefined);
  }

  /** Resolves as soon as `look` finds something, now or after a later event of Baileys. */
  until<T>(look: () => T | undefined | false, what: string, timeoutMs = 10_000): Promise<T> {
    const now = look();
    if (now !== undefined && now !== false) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(check);
        reject(new Error(`after ${timeoutMs} ms still waiting for ${what}; closed: ${JSON.stringify(this.closed)}`));
      }, timeoutMs);
      const check = (): void => {
        const found = look();
        if (found === undefined || found === false) return;
        clearTimeout(timer);
        this.#waiters.delete(check);
        resolve(found);
      };
      this.#waiters.add(check);
    });
  }

  /** Looks again whether what is waited for has come, after something Baileys tells nobody. */
  look(): void {
    for (const waiter of this.#waiters) waiter();
  }

  opened(): Promise<true> {
    return this.until(() => this.open, "the connection to open");
  }

  ended(timeoutMs?: number): Promise<Closed> {
    return this.until(() => this.closed, "the connection to close", timeoutMs);
  }

  shownQr(): Promise<string> {
    return this.until(() => this.qr, "a QR");
  }

  /** The first received message with this text. */
  received(text: string): Promise<WAMessage> {
    return this.until(
      () => this.messages.find(({ message }) => textOf(message) === text)?.message,
      `the message "${text}"`,
    );
  }

  /** The texts received, in order. */
  get texts(): string[] {
    return this.messages.flatMap(({ message }) => textOf(message) ?? []);
  }

  #connection(
    update: { connection?: string; qr?: string; lastDisconnect?: { error: Error | undefined } } | undefined,
  ): void {
    if (!update) return;
    if (update.qr) this.qr = update.qr;
    if (update.connection === "open") this.open = true;
    if (update.connection !== "close") return;
    this.open = false;
    const { error } = update.lastDisconnect ?? {};
    const code = error instanceof Boom ? error.output.statusCode : undefined;
    if (code === DisconnectReason.restartRequired) this.connect();
    else this.closed = { code, message: error?.message ?? "" };
  }
}

export function textOf(message: WAMessage): string | undefined {
  return message.message?.conversation || message.message?.extendedTextMessage?.text || undefined;
}

/** What a promise is rejected with; fails when it is not. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
  throw new Error("it should have been refused");
}

/** Where a client connects, and how its QR gets scanned when the simulator is in another process. */
export interface Remote extends Endpoint {
  scan(qr: string): Promise<void>;
}

/** A client that is linked to the phone of this number and open. */
export async function linkedClient(
  sim: Simulator | Remote,
  number = "6281100000001",
  config: Partial<UserFacingSocketConfig> = {},
): Promise<Client> {
  const client = new Client(sim, config);
  const qr = await client.shownQr();
  if ("scan" in sim) await sim.scan(qr);
  else await sim.phone(number, { name: "Budi" }).scan(qr);
  await client.opened();
  return client;
}
