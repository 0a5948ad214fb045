import type { Server } from "bun";
import type { Network } from "../network.ts";
import { Connection } from "./connection.ts";

const PATH = "/ws/chat";

/** The WebSocket endpoint that clients connect to. */
export class Listener {
  readonly #server: Server<Connection | undefined>;
  readonly #connections = new Set<Connection>();
  #numbers = 0;

  constructor(network: Network, hostname: string, port: number) {
    this.#server = Bun.serve<Connection | undefined>({
      hostname,
      port,
      fetch: (request, server) => {
        if (new URL(request.url).pathname !== PATH) return new Response("not here\n", { status: 404 });
        return server.upgrade(request, { data: undefined }) ? undefined : new Response("no upgrade\n", { status: 426 });
      },
      websocket: {
        idleTimeout: 0,
        maxPayloadLength: 64 * 1024 * 1024,
        backpressureLimit: 1024 * 1024 * 1024,
        open: (socket) => {
          const connection = new Connection(++this.#numbers, network, socket);
          socket.data = connection;
          this.#connections.add(connection);
        },
        message: (socket, bytes) => {
          if (typeof bytes === "string") socket.data?.complain("sent text in a WebSocket message");
          else socket.data?.receive(bytes);
        },
        close: (socket) => {
          if (!socket.data) return;
          this.#connections.delete(socket.data);
          socket.data.ended();
        },
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get url(): string {
    return `ws://${this.#server.hostname}:${this.port}${PATH}`;
  }

  get connections(): Connection[] {
    return [...this.#connections];
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.#server.stop(true);
  }
}
