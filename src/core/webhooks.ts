import type { Clock } from "./clock.ts";
import type { Courier, Deliver } from "./courier.ts";
import type { Outcome } from "./deliveries.ts";
import type { Endpoint } from "./endpoint.ts";
import type { BotEvent } from "./events.ts";
import { Failure } from "./failure.ts";
import type { Feed } from "./feed.ts";
import type { Log } from "./log.ts";
import type { SafeFetch } from "./safe-fetch.ts";
import { homeTenant, type Store } from "./store.ts";
import type { Target, Targets } from "./targets.ts";
import { newSecret, secretBytes } from "./webhook-secret.ts";

/** Hands one event to one endpoint; what the receiver made of it is the outcome. */
export type Post = (endpoint: Endpoint, event: BotEvent, signal: AbortSignal) => Promise<Outcome>;

export interface WebhookPorts {
  store: Pick<Store, "endpoints" | "ledger" | "deliveryLog">;
  targets: Targets;
  courier: Courier;
  feed: Feed;
  post: Post;
  safeFetch: Pick<SafeFetch, "check">;
  clock: Clock;
  log: Log;
  ids: { message(): string; hash(text: string): string };
}

/** What the operator said in the environment: WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_EVENTS. */
export interface OperatorsWebhooks {
  urls: readonly string[];
  secret: string | null;
  events: readonly string[];
}

const targetOf = (id: string): Target => `webhook:${id}`;

/** An endpoint that fails without a break for so long is disabled, milliseconds. */
const patience = 5 * 24 * 3_600_000;

/** Every webhook there is: kept, registered with those who owe events, and posted to. */
export class Webhooks {
  readonly #endpoints = new Map<string, Endpoint>();

  private constructor(readonly ports: WebhookPorts) {}

  /** Loads what is kept and brings the operator's endpoints in line with the environment. */
  static async load(ports: WebhookPorts, operators: OperatorsWebhooks): Promise<Webhooks> {
    const webhooks = new Webhooks(ports);
    for (const endpoint of await ports.store.endpoints.list()) webhooks.#take(endpoint);
    await webhooks.#follow(operators);
    return webhooks;
  }

  list(tenant: string): Endpoint[] {
    return [...this.#endpoints.values()].filter((endpoint) => endpoint.tenant === tenant);
  }

  get(tenant: string, id: string): Endpoint {
    const endpoint = this.#endpoints.get(id);
    if (endpoint?.tenant === tenant) return endpoint;
    throw new Failure("not_found", "Webhook not found or access denied");
  }

  /** Writes an endpoint and acts on it from the next event on. */
  async put(endpoint: Endpoint): Promise<Endpoint> {
    const written = { ...endpoint, updatedAt: this.ports.clock.now() };
    await this.ports.store.endpoints.put(written);
    this.#take(written);
    return written;
  }

  /** What was owed to it is owed no longer. */
  async remove(endpoint: Endpoint): Promise<void> {
    this.#drop(endpoint.id);
    await this.ports.store.endpoints.remove(endpoint.id);
  }

  /** Lets go of what is no longer kept: a tenant that was removed takes its webhooks along. */
  async reload(): Promise<void> {
    const kept = new Set((await this.ports.store.endpoints.list()).map(({ id }) => id));
    for (const id of this.#endpoints.keys()) if (!kept.has(id)) this.#drop(id);
  }

  /** Nothing new is owed to it; what waits stays, for a resume. */
  async disable(endpoint: Endpoint, reason: string): Promise<void> {
    const { tenant, id, url } = await this.put({ ...endpoint, state: "disabled", reason });
    this.ports.log.warn({ webhook: id, reason }, "webhook disabled");
    const at = this.ports.clock.now();
    const data = { webhook_id: id, url: withoutQuery(url), reason };
    const told = await this.ports.store.ledger.announce(tenant, [
      { type: "webhook.disabled", at, chat: null, once: `webhook.disabled|${id}|${at}`, data },
    ]);
    this.ports.feed.tell(tenant, told);
    this.ports.courier.wake();
  }

  #drop(id: string): void {
    this.#endpoints.delete(id);
    this.ports.targets.delete(targetOf(id));
    this.ports.courier.remove(targetOf(id));
  }

  #take(endpoint: Endpoint): void {
    const { id, tenant, events, devices, state } = endpoint;
    const { targets, courier } = this.ports;
    const before = this.#endpoints.get(id);
    this.#endpoints.set(id, endpoint);
    if (state === "disabled") targets.delete(targetOf(id));
    else targets.set(targetOf(id), { events, devices, tenant });
    if (before === undefined)
      courier.add(targetOf(id), this.#deliverTo(id), { failing: endpoint.failingSince !== null });
    if (state === "active") courier.resume(targetOf(id));
    else courier.pause(targetOf(id));
  }

  #deliverTo(id: string): Deliver {
    return async (event, { signal }) => {
      const endpoint = this.#endpoints.get(id);
      if (endpoint === undefined) return { ok: false, final: true, error: "the webhook was removed" };
      const outcome = await this.ports.post(endpoint, event, signal);
      await this.#judge(id, outcome);
      return outcome;
    };
  }

  /** Keeps count of how long nothing has arrived, and gives up on those that said so or have long been dead. */
  async #judge(id: string, outcome: Outcome): Promise<void> {
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined || endpoint.state === "disabled") return;
    const now = this.ports.clock.now();
    if (outcome.ok) {
      if (endpoint.failingSince !== null) await this.put({ ...endpoint, failingSince: null });
    } else if (outcome.status === 410) {
      await this.disable(endpoint, "it answered 410 Gone");
    } else if (endpoint.failingSince === null) {
      await this.put({ ...endpoint, failingSince: now });
    } else if (now - endpoint.failingSince > patience) {
      await this.disable(endpoint, "every attempt of 5 days failed");
    }
  }

  async #follow({ urls, secret, events }: OperatorsWebhooks): Promise<void> {
    if (secret !== null) secretBytes(secret, "WEBHOOK_SECRET");
    const wanted = new Map(urls.map((url) => [`env-${this.ports.ids.hash(url).slice(0, 12)}`, url]));
    for (const endpoint of this.#endpoints.values()) {
      if (endpoint.origin === "environment" && !wanted.has(endpoint.id)) await this.remove(endpoint);
    }
    for (const [id, url] of wanted) await this.#followOne(id, url, secret, events);
  }

  async #followOne(id: string, given: string, secret: string | null, events: readonly string[]): Promise<void> {
    const now = this.ports.clock.now();
    const { url, headers } = withoutUser(given);
    const kept = this.#endpoints.get(id);
    const secrets = [{ secret: secret ?? kept?.secrets[0]?.secret ?? newSecret(), expiresAt: null }];
    const state = kept?.state === "paused" ? "paused" : "active"; // a start is a new chance
    const fixed = { id, tenant: homeTenant, url, description: null, devices: null, headers, origin: "environment" };
    await this.put({
      ...(fixed as Pick<Endpoint, keyof typeof fixed>),
      events: [...events],
      secrets,
      state,
      reason: null,
      failingSince: kept?.state === "disabled" ? null : (kept?.failingSince ?? null),
      createdAt: kept?.createdAt ?? now,
      updatedAt: now,
    });
  }
}

/** `https://user:password@host/` says who we are in the way HTTP has for it: a header. */
function withoutUser(text: string): { url: string; headers: Record<string, string> } {
  const url = new URL(text);
  if (url.username === "") return { url: text, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  const bytes = String.fromCharCode(...new TextEncoder().encode(credentials));
  return { url: url.href, headers: { authorization: `Basic ${btoa(bytes)}` } };
}

/** Queries often carry keys. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
