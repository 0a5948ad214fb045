import { mkdirSync } from "node:fs";
import type { WASocket } from "@whiskeysockets/baileys";
import type { Phone, Simulator } from "../../src/simulator/index.ts";

/** A Baileys, of whichever version. */
type Baileys = typeof import("@whiskeysockets/baileys");

const nothing = () => {};
const silence = {
  level: "silent",
  child: () => silence,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
const restart = 515;

/** A server that runs on stock Baileys, and keeps its device in a folder as most do: what people move away from. */
export class OldServer {
  #socket: WASocket | null = null;
  #saved: Promise<unknown> = Promise.resolve();
  readonly #said = { ...globalThis.console };

  readonly #baileys: Baileys;
  readonly #sim: Simulator;
  readonly #folder: string;

  constructor(baileys: Baileys, sim: Simulator, folder: string) {
    this.#baileys = baileys;
    this.#sim = sim;
    this.#folder = folder;
  }

  /** Links it to a phone by QR. */
  async link(phone: Phone): Promise<void> {
    // Its libsignal prints the keys of its sessions.
    Object.assign(globalThis.console, { info: nothing, warn: nothing });
    const { makeWASocket, useMultiFileAuthState, WA_CERT_DETAILS } = this.#baileys;
    if (WA_CERT_DETAILS) WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(this.#sim.rootKey, "hex");
    mkdirSync(this.#folder, { recursive: true });
    const { state, saveCreds } = await useMultiFileAuthState(this.#folder);
    const open = Promise.withResolvers<void>();
    const connect = (): void => {
      const socket = makeWASocket({ waWebSocketUrl: this.#sim.url, auth: state, logger: silence });
      this.#socket = socket;
      socket.ev.on("creds.update", () => void (this.#saved = Promise.all([this.#saved, saveCreds()])));
      socket.ev.on("connection.update", ({ qr, connection, lastDisconnect }) => {
        if (qr) phone.scan(qr).catch(open.reject);
        if (connection === "open") open.resolve();
        const { output } = (lastDisconnect?.error ?? {}) as { output?: { statusCode: number } };
        if (connection === "close" && output?.statusCode === restart) connect();
      });
    };
    connect();
    await open.promise;
  }

  get socket(): WASocket {
    if (!this.#socket) throw new Error("the old server is not linked");
    return this.#socket;
  }

  /** Resolves when it has heard this text. */
  hears(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.ev.on("messages.upsert", ({ messages }) => {
      for (const { message } of messages)
        if ((message?.conversation ?? message?.extendedTextMessage?.text) === text) resolve();
    });
    return promise;
  }

  async stop(): Promise<void> {
    await this.#socket?.end(undefined);
    this.#socket = null;
    await this.#saved;
    Object.assign(globalThis.console, this.#said);
  }
}
