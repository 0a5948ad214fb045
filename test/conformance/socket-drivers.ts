import { type TestBot, adminKey } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";
import type { Driver } from "./driver.ts";

/** The React hook of the gateway's document: Socket.IO to hear, HTTP to act. */
export class GatewayDriver implements Driver {
  readonly name = "gateway";
  readonly device = "default";
  #bot!: TestBot;
  #client!: SocketClient;

  async open(bot: TestBot): Promise<void> {
    this.#bot = bot;
    this.#client = await SocketClient.open(bot.url, { auth: { key: adminKey } });
  }

  close(): void {
    this.#client[Symbol.dispose]();
  }

  async qr(): Promise<string> {
    return (await this.#client.next<{ qrString: string }>("qr:generated")).qrString;
  }

  async connected(): Promise<void> {
    await this.#client.next("connection:status", ({ status }) => status === "connected");
  }

  async received(text: string): Promise<void> {
    await this.#client.next("message:received", (payload) => payload["text"] === text);
  }

  async send(to: string, message: string): Promise<void> {
    const response = await this.#bot.call("POST", "/api/send", { to, message });
    if (response.status !== 200) throw new Error(`POST /api/send: ${response.status}`);
    await this.#client.next("message:sent", (payload) => payload["message"] === message && payload["success"] === true);
  }

  async logout(): Promise<void> {
    this.#client.forget();
    const response = await this.#bot.call("POST", "/api/logout");
    if (response.status !== 200) throw new Error(`POST /api/logout: ${response.status}`);
  }

  async disconnected(): Promise<void> {
    await this.#client.next("whatsapp:disconnected");
    await this.#client.next("connection:status", ({ status }) => status === "disconnected");
  }
}

/** The scan page of the session document. It has no logout of its own: the user does that on the phone. */
export class SessionDriver implements Driver {
  readonly name = "session";
  #bot!: TestBot;
  #client!: SocketClient;

  constructor(readonly device: string) {}

  async open(bot: TestBot): Promise<void> {
    this.#bot = bot;
    this.#client = await SocketClient.open(bot.url, { auth: { key: adminKey }, transports: ["websocket"] });
    if (bot.workspace.devices().some(({ id }) => id === this.device)) await this.start();
  }

  close(): void {
    this.#client[Symbol.dispose]();
  }

  async start(): Promise<void> {
    this.#client.socket.emit("session.create", { key: this.device, name: "My Device", engine: "baileys" });
    await this.#client.next("session.created", ({ key }) => key === this.device);
  }

  async qr(): Promise<string> {
    return (await this.#client.next<{ key: string; qr: string }>("session.qr", ({ key }) => key === this.device)).qr;
  }

  async connected(): Promise<void> {
    await this.#client.next("session.ready", ({ key }) => key === this.device);
  }

  async logout(): Promise<void> {
    this.#client.forget();
    await this.#bot.phone.unlink();
  }

  async disconnected(): Promise<void> {
    await this.#client.next(
      "session.disconnected",
      ({ key, reason }) => key === this.device && reason === "session revoked",
    );
  }
}
