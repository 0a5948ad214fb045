import type { TestBot } from "../harness.ts";
import { type Driver, poll } from "./driver.ts";

type Json = Record<string, unknown> & { data: Record<string, unknown> };

/** What the three polling faces share. */
abstract class HttpDriver implements Driver {
  abstract readonly name: string;
  abstract readonly device: string;
  protected bot!: TestBot;

  async open(bot: TestBot): Promise<void> {
    this.bot = bot;
  }

  close(): void {}

  abstract qr(): Promise<string>;
  abstract logout(): Promise<void>;
  abstract status(): Promise<string>;
  protected abstract readonly connectedWord: string;
  protected abstract readonly disconnectedWords: readonly string[];

  connected(): Promise<void> {
    return poll(this.bot, async () => (await this.status()) === this.connectedWord);
  }

  disconnected(): Promise<void> {
    return poll(this.bot, async () => this.disconnectedWords.includes(await this.status()));
  }

  /** The body of an answer with one of the expected statuses. */
  protected async ask(method: string, path: string, body?: unknown, statuses = [200]): Promise<Json> {
    const response = await this.bot.call(method, path, body);
    const said = (await response.json()) as Json;
    if (!statuses.includes(response.status))
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(said)}`);
    return said;
  }
}

export class ConnectionDriver extends HttpDriver {
  readonly name = "connection";
  readonly device = "default";
  protected readonly connectedWord = "true";
  protected readonly disconnectedWords = ["false"];

  async qr(): Promise<string> {
    await poll(this.bot, async () => (await this.ask("GET", "/connection/status")).data["hasQRCode"] === true);
    return String((await this.ask("GET", "/connection/qr")).data["qrCode"]);
  }

  async status(): Promise<string> {
    return String((await this.ask("GET", "/connection/status")).data["isConnected"]);
  }

  async logout(): Promise<void> {
    await this.ask("POST", "/connection/disconnect");
  }
}

export class V1Driver extends HttpDriver {
  readonly name = "v1";
  protected readonly connectedWord = "connected";
  // The device named `default` shows a QR again by itself.
  protected readonly disconnectedWords = ["disconnected", "pairing"];

  constructor(readonly device: string) {
    super();
  }

  #path = (verb: string) => `/v1/devices/${this.device}/${verb}`;

  async start(): Promise<void> {
    const made = { device_id: this.device };
    if (this.device !== "default") await this.ask("POST", "/v1/admin/tenants/default/devices", made, [201, 409]);
    await this.ask("POST", this.#path("start"));
  }

  async qr(): Promise<string> {
    return String((await this.ask("POST", this.#path("pairing/qr"))).data["qr_string"]);
  }

  async status(): Promise<string> {
    return String((await this.ask("GET", this.#path("health"))).data["status"]);
  }

  async received(text: string): Promise<void> {
    await this.bot.receiver.next(
      "message.received",
      ({ data }) => "text" in data.content && data.content.text === text,
    );
  }

  async send(to: string, text: string): Promise<void> {
    const { data } = await this.ask("POST", this.#path("messages"), { to, text }, [202]);
    await this.bot.receiver.next("message.sent", (event) => event.data.message_id === data["message_id"]);
  }

  async stop(): Promise<void> {
    await this.ask("POST", this.#path("stop"));
  }

  async logout(): Promise<void> {
    await this.ask("POST", this.#path("logout"));
  }
}

export class DevicesDriver extends HttpDriver {
  readonly name = "devices";
  protected readonly connectedWord = "connected";
  protected readonly disconnectedWords = ["disconnected", "waiting_for_scan", "404"];

  constructor(readonly device: string) {
    super();
  }

  #path = (verb = "") => `/api/devices/${this.device}${verb}`;

  async start(): Promise<void> {
    await this.ask("POST", this.#path("/start"));
  }

  async qr(): Promise<string> {
    await poll(this.bot, async () => (await this.status()) === "waiting_for_scan");
    return String((await this.ask("GET", this.#path("/status")))["qrCode"]);
  }

  async status(): Promise<string> {
    const response = await this.bot.call("GET", this.#path("/status"));
    return response.status === 404 ? "404" : String(((await response.json()) as Json)["status"]);
  }

  async send(to: string, text: string): Promise<void> {
    const said = await this.ask("POST", this.#path("/send"), { to: `${to}@s.whatsapp.net`, message: text });
    if (said["status"] !== "sent") throw new Error(`the face says ${String(said["status"])}`);
  }

  async logout(): Promise<void> {
    await this.ask("DELETE", this.#path());
  }
}
