import type { World } from "../world/world.ts";
import { BadRequest, Body } from "./body.ts";
import { ROUTES } from "./routes.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * A small HTTP API over a simulator, for other processes and pages of this machine: JSON in, JSON out, events as
 * server-sent events. It answers nobody who does not call it by a loopback name.
 */
export class Control {
  readonly #sim: World;
  readonly #server: ReturnType<typeof Bun.serve>;
  readonly #streams = new Set<() => void>();

  constructor(sim: World, port: number) {
    this.#sim = sim;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      reusePort: false,
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  async stop(): Promise<void> {
    for (const end of this.#streams) end();
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const origin = request.headers.get("origin");
    if (!LOOPBACK.has(url.hostname) || (origin !== null && !isLoopback(origin))) return reply(403, "loopback only");
    const headers = origin === null ? undefined : cors(origin);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, ...(headers && { headers }) });
    if (request.method === "GET" && url.pathname === "/events") return this.#events(headers);
    const response = await this.#call(request, url.pathname);
    for (const [name, value] of Object.entries(headers ?? {})) response.headers.set(name, value);
    return response;
  }

  async #call(request: Request, path: string): Promise<Response> {
    const [, first, second, third] = path.split("/");
    const id = decodeURIComponent(second ?? "");
    const candidates = [
      `${request.method} ${path}`,
      `${request.method} /${first}/:id${third === undefined ? "" : `/${third}`}`,
    ];
    const route = candidates.map((name) => ROUTES[name]).find((one) => one !== undefined);
    if (!route) return reply(404, "no such route", Object.keys(ROUTES));
    try {
      const result: unknown = await route({ sim: this.#sim, id, body: await Body.of(request) });
      return Response.json({ success: true, data: result ?? null });
    } catch (cause) {
      const sentence = cause instanceof Error ? cause.message : String(cause);
      return reply(cause instanceof BadRequest ? 400 : 409, sentence);
    }
  }

  #events(headers: Record<string, string> | undefined): Response {
    const encoder = new TextEncoder();
    let stop = (): void => {};
    let end = (): void => {};
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(encoder.encode(": connected\n\n"));
        stop = this.#sim.on((event) => controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`)));
        end = () => {
          stop();
          this.#streams.delete(end);
          controller.close();
        };
        this.#streams.add(end);
      },
      cancel: () => {
        stop();
        this.#streams.delete(end);
      },
    });
    return new Response(stream, {
      headers: { ...headers, "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
    });
  }
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname);
}

function cors(origin: string): Record<string, string> {
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Content-Type",
  };
}

function reply(status: number, error: string, routes?: string[]): Response {
  return Response.json({ success: false, error, ...(routes ? { routes } : {}) }, { status });
}
