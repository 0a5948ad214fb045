import type { Server, ServerWebSocket } from "bun";
import type { Network } from "../network/network.ts";
import { DeviceConnection } from "../network/connection.ts";

const PATH = "/ws/chat";

/** The WebSocket endpoint that clients connect to; with a certificate, wss. */
export class Listener {
  readonly #server: Server<DeviceConnection | undefined>;
  readonly #network: Network;
  readonly #connections = new Set<DeviceConnection>();
  readonly #scheme: "ws" | "wss";

  constructor(network: Network, address: { hostname: string; port: number }, tls?: { key: string; cert: string }) {
    this.#network = network;
    this.#scheme = tls ? "wss" : "ws";
    this.#server = Bun.serve<DeviceConnection | undefined>({
      ...address,
      reusePort: false,
      ...(tls ? { tls } : {}),
      fetch: (request, server) => this.#upgrade(request, server),
      websocket: {
        idleTimeout: 0,
        maxPayloadLength: 64 * 1024 * 1024,
        backpressureLimit: 1024 * 1024 * 1024,
        open: (socket) => this.#open(socket),
        message: (socket, bytes) => {
          if (typeof bytes === "string") socket.data?.complain("sent text in a WebSocket message");
          else socket.data?.receive(bytes);
        },
        close: (socket) => {
          if (!socket.data) return;
          this.#connections.delete(socket.data);
          socket.data.hungUp();
        },
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): string {
    return `${this.#scheme}://${this.#server.hostname}:${this.port}${PATH}`;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.#server.stop(true);
  }

  #upgrade(request: Request, server: Server<DeviceConnection | undefined>): Response | undefined {
    if (new URL(request.url).pathname !== PATH) return new Response("not here\n", { status: 404 });
    const refusal = this.#network.faults.nextUpgradeStatus();
    if (refusal !== undefined) return new Response("refused\n", { status: refusal });
    return server.upgrade(request, { data: undefined }) ? undefined : new Response("no upgrade\n", { status: 426 });
  }

  #open(socket: ServerWebSocket<DeviceConnection | undefined>): void {
    const connection = new DeviceConnection(this.#network.newConnectionNumber(), this.#network, socket);
    socket.data = connection;
    this.#connections.add(connection);
  }
}
