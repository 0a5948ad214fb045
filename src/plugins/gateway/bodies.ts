import { Failure } from "../../core/base/failure.ts";
import type { OutgoingRequest, SafeFetch } from "../../core/base/safe-fetch.ts";
import type { Permissions } from "./permissions.ts";
import type { RpcMethods, WireRequest } from "../contract/protocol.ts";

type Send = SafeFetch["send"];
type Verb = OutgoingRequest["method"];
const verbs: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] satisfies Verb[];
/** Requests and unread bodies at once: each is a connection, of which webhooks need some too. */
const mostOpen = 32;
const mostHops = 5;
/** Milliseconds to the answer's headers, and one request's whole life. */
const patience = 60_000;
const longest = 180_000;

/** A plugin's requests to the world: each hop asked of its permissions, bodies read piece by piece. */
export class Bodies {
  readonly #open = new Map<number, ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | null>();
  #last = 0;
  /** Requests that have no answer yet. */
  #asking = 0;

  constructor(
    readonly permissions: Permissions,
    readonly send: Send,
  ) {}

  async fetch(asked: WireRequest): Promise<RpcMethods["fetch"][1]> {
    if (this.#open.size + this.#asking >= mostOpen)
      throw new Failure(
        "limit_reached",
        `fetch: ${mostOpen} requests are open; wait for them and read their bodies first.`,
      );
    if (!verbs.includes(asked.method))
      throw new Failure("invalid", `fetch takes ${verbs.join(", ")}, not ${asked.method}.`, { field: "method" });
    this.#asking += 1;
    const { response, url } = await this.#follow(asked, AbortSignal.timeout(longest)).finally(
      () => (this.#asking -= 1),
    );
    const body = ++this.#last;
    this.#open.set(body, response.body?.getReader() ?? null);
    return { status: response.status, headers: [...response.headers], url, body };
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

  async #follow({ method, url, headers, body }: WireRequest, signal: AbortSignal) {
    let target = new URL(url);
    let verb = method as Verb;
    let sent = Object.fromEntries(headers);
    for (let hop = 0; hop <= mostHops; hop++) {
      this.permissions.needHost(target);
      const content = verb === method && body !== null ? { body } : {};
      const request = { method: verb, headers: sent, timeout: patience, signal, ...content };
      const response = await this.send(target.href, request);
      const next = response.headers.get("location");
      if (![301, 302, 303, 307, 308].includes(response.status) || next === null) return { response, url: target.href };
      await response.body?.cancel();
      const from = target.origin;
      target = new URL(next, target);
      if (target.origin !== from) sent = only(sent, harmless);
      if (response.status === 303 || (response.status < 303 && verb === "POST")) verb = "GET";
    }
    throw new Failure("refused", `fetch: more than ${mostHops} redirects.`);
  }
}

/** What may go on to another origin: of every other header nobody knows whether it proves who one is. */
const harmless = ["accept", "accept-language", "content-type", "range", "user-agent"];

function only(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name.toLowerCase())));
}
