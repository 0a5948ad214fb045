import { day } from "../base/durations.ts";
import type { TargetHealth } from "../delivery/courier.ts";
import { DeliveryService } from "./delivery-service.ts";
import type { DeliveryFigures, Recent } from "../ports/delivery-log.ts";
import type { Outcome } from "../ports/deliveries.ts";
import { type Endpoint, plainDelivery } from "../ports/endpoint.ts";
import { Failure } from "../base/failure.ts";
import type { Scope } from "../model/scopes.ts";
import { eventFilters } from "../model/events/targets.ts";
import { batchRule, burstRule, checkDraft, checkShape, type WebhookDraft } from "./webhook-draft.ts";
import { newSecret, rotated } from "./webhook-secret.ts";
import { WebhookScope } from "./webhook-scope.ts";
import { targetOf, type Webhooks, withoutQuery } from "./webhooks.ts";

const mostWebhooks = 100;
const longestOverlap = 30 * day;
/** Every call of the API answers within ten seconds, so a test does not wait as long as a delivery. Milliseconds. */
const testPatience = 8_500;

export interface WebhookServicePorts {
  webhooks: Webhooks;
  tenant: string;
  /** Ids of the devices there are for the caller; null is every one. */
  devices: readonly string[] | null;
  /** Throws `forbidden` when the caller has not this scope. */
  need: (scope: Scope) => void;
  /** Whether the caller may see the query of an address, where people put secrets. */
  manages: boolean;
  /** Whether the caller may know what runs in this bot. */
  admin: boolean;
}

export interface WebhookFigures extends DeliveryFigures {
  readonly health: TargetHealth;
  /** While it rests, milliseconds since 1970. */
  readonly restUntil: number | null;
}

/** The webhooks of one tenant, as one principal may use them. Each verb throws `forbidden` without its scope. */
export class WebhookService {
  /** What became of events, and what is to be delivered again. */
  readonly deliveries: DeliveryService;
  readonly #webhooks: Webhooks;
  readonly #tenant: string;
  readonly #need: WebhookServicePorts["need"];
  readonly #scope: WebhookScope;
  readonly #manages: boolean;

  constructor({ webhooks, tenant, devices, manages, need, admin }: WebhookServicePorts) {
    this.#manages = manages;
    this.#scope = new WebhookScope(webhooks, tenant, devices);
    this.#webhooks = webhooks;
    this.#tenant = tenant;
    this.#need = need;
    this.deliveries = new DeliveryService({ webhooks, scope: this.#scope, tenant, need, admin });
  }

  list(): Endpoint[] {
    this.#need("read");
    return this.#scope.list().map((endpoint) => this.#shown(endpoint));
  }

  get(id: string): Endpoint {
    this.#need("read");
    return this.#shown(this.#scope.get(id));
  }

  /** How its last attempts went. */
  health(id: string): Recent {
    return this.#webhooks.health(id);
  }

  async figures(id: string): Promise<WebhookFigures> {
    const target = targetOf(this.get(id).id);
    const { store, courier } = this.#webhooks.ports;
    const health = courier.health(target);
    await courier.flush();
    const restUntil = health === "backing_off" ? courier.restUntil(target) : null;
    return { ...(await store.deliveryLog.figures(target)), health, restUntil };
  }

  /** The present secret; it proves deliveries, so it needs more than reading. */
  async secret(id: string): Promise<string> {
    this.#manage(id);
    return this.#manage(id).secrets[0]?.secret ?? "";
  }

  /** Throws `invalid` naming the field, also for an address that the guard keeps closed; `limit_reached`. */
  async create(draft: WebhookDraft): Promise<Endpoint> {
    this.#need("manage");
    checkDraft(draft);
    if (draft.replies) this.#need("send");
    await this.#checkAddress(draft.url);
    if (this.#webhooks.list(this.#tenant).length >= mostWebhooks) {
      throw new Failure("limit_reached", `A tenant may have ${mostWebhooks} webhooks; remove one first.`);
    }
    const { clock, ids } = this.#webhooks.ports;
    const now = clock.now();
    const { url, description = null, events = ["*"], headers = {}, secret = newSecret() } = draft;
    const shape = checked(shapeOf(plainDelivery, draft));
    const devices = this.#scope.devicesOf(draft.devices ?? null);
    const id = ids.message();
    return this.#webhooks.add({
      id,
      tenant: this.#tenant,
      url,
      description,
      events: eventFilters(events),
      devices,
      headers: { ...headers },
      ...shape,
      secrets: [{ secret, expiresAt: null }],
      state: "active",
      reason: null,
      origin: "api",
      failingSince: null,
      createdAt: now,
      updatedAt: now,
    });
  }

  /** Another address is a new beginning: what waited is attempted there, now. */
  async change(id: string, { secret, ...draft }: Partial<WebhookDraft>): Promise<Endpoint> {
    const before = this.#own(id);
    if (secret !== undefined) throw new Failure("invalid", "secret is changed by rotating it.", { field: "secret" });
    checkDraft(draft);
    if (draft.replies) this.#need("send");
    if (draft.url !== undefined) await this.#checkAddress(draft.url);
    const { url, description, events, devices, headers } = draft;
    const moved = url !== undefined && url !== before.url;
    const endpoint = await this.#webhooks.change(this.#tenant, id, (present) => ({
      ...present,
      ...checked(shapeOf(present, draft)),
      ...(moved ? { failingSince: null } : {}),
      url: url ?? present.url,
      description: description === undefined ? present.description : description,
      events: events === undefined ? present.events : eventFilters(events),
      devices: devices === undefined ? present.devices : this.#scope.devicesOf(devices),
      headers: headers === undefined ? present.headers : { ...headers },
    }));
    if (moved && endpoint.state === "active") await this.#webhooks.ports.courier.renew(targetOf(id));
    return endpoint;
  }

  async remove(id: string): Promise<void> {
    this.#own(id);
    await this.#webhooks.remove(id);
  }

  /** A new secret; the old ones sign beside it for `overlap` ms, so that receivers can change over. */
  async rotate(
    id: string,
    { secret = newSecret(), overlap = day }: { secret?: string; overlap?: number },
  ): Promise<Endpoint> {
    this.#own(id);
    checkDraft({ secret });
    if (!(overlap >= 0 && overlap <= longestOverlap)) {
      throw new Failure("invalid", "overlap takes 0 to 2592000 seconds (30 days).", { field: "overlap" });
    }
    const now = this.#webhooks.ports.clock.now();
    return this.#webhooks.change(this.#tenant, id, (present) => ({
      ...present,
      secrets: rotated(present.secrets, secret, overlap, now),
    }));
  }

  /** Keeps what is owed for later. */
  async pause(id: string): Promise<Endpoint> {
    const endpoint = this.#manage(id);
    if (endpoint.state !== "active") return endpoint;
    return this.#webhooks.change(this.#tenant, id, (present) => ({
      ...present,
      state: present.state === "active" ? "paused" : present.state,
    }));
  }

  /** Also brings a disabled webhook back, and one that asked to be left alone; what waited is attempted now. */
  async resume(id: string): Promise<Endpoint> {
    this.#manage(id);
    const resumed = { state: "active", reason: null, failingSince: null } as const;
    const endpoint = await this.#webhooks.change(this.#tenant, id, (present) => ({ ...present, ...resumed }));
    await this.#webhooks.ports.courier.renew(targetOf(id));
    return endpoint;
  }

  /** One attempt with an event `webhook.test`, now, outside the log: it counts for nothing. */
  async test(id: string): Promise<Outcome & { duration: number }> {
    const endpoint = this.#manage(id);
    const { clock, ids, post } = this.#webhooks.ports;
    const begun = clock.monotonic();
    const timestamp = new Date(clock.now()).toISOString();
    const data = { webhook_id: id, message: "A test of your webhook: if you can read this, it works." };
    const event = { id: ids.message(), seq: null, type: "webhook.test", timestamp, device: null, data } as const;
    const outcome = await post(endpoint, [event], new AbortController().signal, testPatience);
    return { ...outcome, duration: Math.round(clock.monotonic() - begun) };
  }

  #shown(endpoint: Endpoint): Endpoint {
    return this.#manages ? endpoint : { ...endpoint, url: withoutQuery(endpoint.url) };
  }

  #manage(id: string): Endpoint {
    this.#need("manage");
    return this.#scope.get(id);
  }

  /** One that the API made; the operator's are the environment's. */
  #own(id: string): Endpoint {
    const endpoint = this.#manage(id);
    if (endpoint.origin === "api") return endpoint;
    throw new Failure(
      "conflict",
      "This webhook comes from WEBHOOK_URL, WEBHOOK_SECRET and WEBHOOK_EVENTS: change it there and start again.",
    );
  }

  async #checkAddress(url: string): Promise<void> {
    try {
      await this.#webhooks.ports.safeFetch.check(url);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure("invalid", error.message, { field: "url", cause: error });
    }
  }
}

type Shape = Pick<Endpoint, keyof typeof plainDelivery>;

/** What deliveries look like once a draft has changed them. Throws `invalid`. */
function shapeOf(present: Shape, draft: Partial<WebhookDraft>): Shape {
  const { replies, raw, batch, burst, inline_kb, chats, device_groups: groups } = draft;
  return {
    replies: replies ?? present.replies,
    raw: raw ?? present.raw,
    batch: batch === undefined ? present.batch : batch && batchRule(batch),
    burst: burst === undefined ? present.burst : burst && burstRule(burst),
    inlineKb: inline_kb ?? present.inlineKb,
    chats: chats === undefined ? present.chats : chats && [...new Set(chats)],
    deviceGroups: groups === undefined ? present.deviceGroups : groups && [...new Set(groups)],
  };
}

function checked(shape: Shape): Shape {
  checkShape(shape);
  return shape;
}
