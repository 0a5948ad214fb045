import type { Server as BunServer, ServerWebSocket, WebSocketHandler } from "bun";
import type { SocketOptions, Sockets } from "./sockets.ts";

/** The largest packet a client may send, bytes. */
const maxPacket = 1_000_000;

/** Socket.IO, read when somebody first wants a socket: most bots answer to webhooks. */
export class LazySockets {
  readonly #options: Omit<SocketOptions, "maxPacket">;
  #opening: Promise<Sockets> | undefined;
  #opened: Sockets | undefined;

  constructor(options: Omit<SocketOptions, "maxPacket">) {
    this.#options = options;
  }

  readonly websocket: WebSocketHandler<never> = {
    open: (ws) => this.#handlers.open?.(ws),
    message: (ws: ServerWebSocket<never>, message) => this.#handlers.message?.(ws, message),
    close: (ws, code, reason) => this.#handlers.close?.(ws, code, reason),
    maxPayloadLength: maxPacket,
    idleTimeout: 120,
  };

  async handle(request: Request, server: BunServer<unknown>): Promise<Response> {
    return (await this.#open()).handle(request, server);
  }

  recheck(): void {
    this.#opened?.recheck();
  }

  async stop(): Promise<void> {
    await (await this.#opening)?.stop();
  }

  /** There is no websocket before the first request was answered. */
  get #handlers(): WebSocketHandler<never> {
    if (!this.#opened) throw new Error("a websocket without a server for it");
    return this.#opened.websocket;
  }

  #open(): Promise<Sockets> {
    return (this.#opening ??= import("./sockets.ts").then(
      ({ Sockets }) => (this.#opened = new Sockets({ ...this.#options, maxPacket })),
    ));
  }
}
