import { connect, createServer, type Server, type Socket } from "node:net";

/** How bytes fare on a line. */
type Mode =
  | { readonly kind: "healthy" }
  /** Nothing passes and nobody is told: what a phone sees when it leaves its Wi-Fi. */
  | { readonly kind: "half-open" }
  /** What the client says is lost. */
  | { readonly kind: "mute" }
  | { readonly kind: "slow"; readonly bytes: number; readonly everyMs: number };

/** A TCP line to the simulator of one's own, that can be made bad below the WebSocket. */
export class Line {
  readonly #server: Server;
  readonly #scheme: string;
  readonly #path: string;
  readonly #pairs = new Set<{ client: Socket; server: Socket }>();
  #mode: Mode = { kind: "healthy" };

  private constructor(server: Server, { protocol, pathname }: URL) {
    this.#server = server;
    this.#scheme = protocol;
    this.#path = pathname;
  }

  /** A line to the WebSocket at `url`. */
  static async open(url: string): Promise<Line> {
    const target = new URL(url);
    const server = createServer();
    const line = new Line(server, target);
    server.on("connection", (client) => line.#accept(client, connect(Number(target.port), target.hostname)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  /** What to give the client as its address. */
  get url(): string {
    const address = this.#server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    return `${this.#scheme}//127.0.0.1:${port}${this.#path}`;
  }

  /** Lets everything pass again; what half-open connections lost stays lost. */
  heal(): void {
    this.#mode = { kind: "healthy" };
  }

  /** Swallows every byte in both directions, and answers neither pings nor closes. */
  halfOpen(): void {
    this.#mode = { kind: "half-open" };
  }

  /** Swallows what the client sends, its closing too; what the server says arrives. */
  mute(): void {
    this.#mode = { kind: "mute" };
  }

  /** Lets only so many bytes pass towards the client each `everyMs` milliseconds. */
  slow(bytes: number, everyMs = 1): void {
    this.#mode = { kind: "slow", bytes, everyMs };
  }

  /** Resets every connection, as a broken router does. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.#pairs.add(pair);
    client.setNoDelay(true);
    const end = (): void => {
      this.#pairs.delete(pair);
      if (this.#mode.kind === "half-open") return;
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on("close", end).on("error", end);
    const drip = new Drip(client);
    client.on("data", (bytes: Buffer) => {
      if (this.#mode.kind !== "half-open" && this.#mode.kind !== "mute") server.write(bytes);
    });
    server.on("data", (bytes: Buffer) => {
      if (this.#mode.kind !== "half-open") drip.write(bytes, this.#mode.kind === "slow" ? this.#mode : undefined);
    });
  }
}

/** Lets bytes through a few at a time, in order. */
class Drip {
  readonly #to: Socket;
  #queue: Buffer = Buffer.alloc(0);

  constructor(to: Socket) {
    this.#to = to;
  }

  write(bytes: Buffer, pace: { bytes: number; everyMs: number } | undefined): void {
    if (!pace && this.#queue.length === 0) return void this.#to.write(bytes);
    const idle = this.#queue.length === 0;
    this.#queue = Buffer.concat([this.#queue, bytes]);
    if (idle) this.#next(pace ?? { bytes: this.#queue.length, everyMs: 0 });
  }

  #next(pace: { bytes: number; everyMs: number }): void {
    if (this.#to.destroyed) return;
    this.#to.write(this.#queue.subarray(0, pace.bytes));
    this.#queue = this.#queue.subarray(pace.bytes);
    if (this.#queue.length > 0) setTimeout(() => this.#next(pace), pace.everyMs);
  }
}
