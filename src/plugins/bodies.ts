import { Failure } from "../core/failure.ts";
import type { Permissions } from "./permissions.ts";
import type { Calls, WireRequest } from "./protocol.ts";

type Send = (request: Request) => Promise<Response>;
const mostOpen = 32;
const mostHops = 5;
/** Milliseconds one request may take, body included. */
const longest = 120_000;

/** A plugin's requests to the world: each hop asked of its permissions, bodies read piece by piece. */
export class Bodies {
  readonly #open = new Map<number, ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | null>();
  #last = 0;

  constructor(
    readonly permissions: Permissions,
    readonly send: Send,
  ) {}

  async fetch(asked: WireRequest): Promise<Calls["fetch"][1]> {
    if (this.#open.size >= mostOpen)
      throw new Failure("limit_reached", `fetch: ${mostOpen} responses are open; read or cancel their bodies first.`);
    const response = await this.#follow(asked, AbortSignal.timeout(longest));
    const body = ++this.#last;
    this.#open.set(body, response.body?.getReader() ?? null);
    return { status: response.status, headers: [...response.headers], url: response.url, body };
  }

  async read(id: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const reader = this.#open.get(id);
    const piece = reader ? await reader.read() : { done: true as const, value: undefined };
    if (!piece.done) return piece.value;
    this.#open.delete(id);
    return null;
  }

  async cancel(id: number): Promise<void> {
    const reader = this.#open.get(id);
    this.#open.delete(id);
    await reader?.cancel();
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.keys()].map((id) => this.cancel(id)));
  }

  async #follow({ method, url, headers, body }: WireRequest, signal: AbortSignal): Promise<Response> {
    let target = new URL(url);
    let verb = method;
    for (let hop = 0; hop <= mostHops; hop++) {
      this.permissions.needHost(target);
      const sent = { method: verb, headers, body: verb === method ? body : null, signal, redirect: "manual" as const };
      const response = await this.send(new Request(target, sent));
      const next = response.headers.get("location");
      if (![301, 302, 303, 307, 308].includes(response.status) || next === null) return response;
      await response.body?.cancel();
      const from = target.origin;
      target = new URL(next, target);
      if (target.origin !== from) headers = headers.filter(([name]) => !/^(authorization|cookie)$/i.test(name));
      if (response.status === 303 || (response.status < 303 && verb === "POST")) verb = "GET";
    }
    throw new Failure("refused", `fetch: more than ${mostHops} redirects.`);
  }
}
