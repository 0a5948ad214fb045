import type { BotEvent, EventType } from "../src/core/model/events/events.ts";
import { Watch } from "./watch.ts";

/** One delivery as it came over the wire. */
export interface Received {
  event: BotEvent;
  body: string;
  headers: Record<string, string>;
}

type Answer = (delivery: Received) => Response | Promise<Response>;

/** A real HTTP receiver of webhooks on a free port. */
export class Receiver {
  readonly all: Received[] = [];
  /** What to answer; 200 by default. */
  answer: Answer = () => new Response();
  readonly #watch = new Watch();
  readonly #server: Bun.Server<undefined>;

  constructor(port = 0) {
    this.#server = Bun.serve({
      port,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        const body = await request.text();
        const delivery = { event: JSON.parse(body) as BotEvent, body, headers: Object.fromEntries(request.headers) };
        const response = await this.answer(delivery);
        this.all.push(delivery);
        this.#watch.changed();
        return response;
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/hook`;
  }

  get events(): BotEvent[] {
    return this.all.map(({ event }) => event);
  }

  /** The first delivery of this type, past or to come, for which `which` holds. */
  next<T extends EventType>(type: T, which: (event: BotEvent<T>) => boolean = () => true): Promise<BotEvent<T>> {
    const find = () => this.events.find((event) => event.type === type && which(event as BotEvent<T>));
    return this.#watch.until(() => find() as BotEvent<T> | undefined, `a webhook ${type}`);
  }

  /** Resolves once `holds` is true of what has come. */
  async until(holds: () => boolean, what: string, ms?: number): Promise<void> {
    await this.#watch.until(() => holds() || undefined, what, ms);
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }
}
