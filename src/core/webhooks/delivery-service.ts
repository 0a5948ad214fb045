import type { DeliveryStage } from "../ports/deliveries.ts";
import type { AttemptRecord, Delivery, DeliveryQuery } from "../ports/delivery-log.ts";
import { nextAttemptAt, type TargetStatus, whyItStands, whyNotSubscribed } from "./delivery-story.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import type { BotEvent } from "../model/events/events.ts";
import { Failure } from "../base/failure.ts";
import type { PlacedEvent } from "../ports/ledger.ts";
import type { Scope } from "../model/scopes.ts";
import type { Target } from "../model/events/targets.ts";
import type { WebhookScope } from "./webhook-scope.ts";
import { targetOf, type Webhooks } from "./webhooks.ts";

/** A delivery as it stands. */
export interface DeliveryView {
  delivery: Delivery;
  /** When it is offered next, milliseconds since 1970; null when it is settled or something else has to happen first. */
  nextAt: number | null;
}

/** What became of one event for one webhook; `not_subscribed`: it was never to be delivered. `reason` is for people. */
export type DeliveryStatus =
  | { subscribed: true; delivery: Delivery; nextAt: number | null; reason: string | null }
  | { subscribed: false; reason: string };

/** A redelivery that was asked for. */
export interface Redelivery {
  count: number;
  /** Why it does not leave now: the webhook is `paused` or `disabled`. */
  held: "paused" | "disabled" | null;
}

export interface Range {
  /** When the events happened, milliseconds since 1970, both included. */
  since: number;
  until: number;
  stages: readonly DeliveryStage[];
  /** Also what was never owed. */
  missing: boolean;
}

interface DeliveryServicePorts {
  webhooks: Webhooks;
  scope: WebhookScope;
  tenant: string;
  need: (scope: Scope) => void;
  /** Whether the caller may know what runs in this bot. */
  admin: boolean;
}

/** What became of events, for one tenant's webhooks. Each verb throws `forbidden` without its scope, `not_found`. */
export class DeliveryService {
  readonly #ports: DeliveryServicePorts;

  constructor(ports: DeliveryServicePorts) {
    this.#ports = ports;
  }

  /** Newest first. */
  async list(id: string, query: Omit<DeliveryQuery, "target">): Promise<DeliveryView[]> {
    const status = this.#status(this.#get(id, "read"));
    await this.#courier.flush();
    const found = await this.#store.deliveryLog.list({ ...query, target: targetOf(id) });
    return found.map((delivery) => ({ delivery, nextAt: nextAttemptAt(delivery, status) }));
  }

  /** Why an event did or did not arrive. Throws `not_found` also for an event nobody knows. */
  async history(id: string, eventId: string): Promise<{ fate: DeliveryStatus; attempts: AttemptRecord[] }> {
    const endpoint = this.#get(id, "read");
    await this.#courier.flush();
    const found = await this.#store.deliveryLog.get(targetOf(id), eventId);
    if (found !== null) {
      return { fate: this.#statusOf(endpoint, found.delivery, found.head), attempts: found.attempts };
    }
    const { event } = await this.#event(eventId);
    return { fate: { subscribed: false, reason: this.#whyNot(endpoint, event) }, attempts: [] };
  }

  /** One event, and what became of it for every webhook there is and for those that were removed, by id. */
  async statuses(eventId: string): Promise<{ event: BotEvent; fates: Map<string, DeliveryStatus> }> {
    this.#ports.need("read");
    const { event, place } = await this.#event(eventId);
    await this.#courier.flush();
    const owed = await this.#store.deliveryLog.of(place);
    const fates = new Map<string, DeliveryStatus>();
    for (const endpoint of this.#ports.scope.list()) {
      const delivery = owed.get(targetOf(endpoint.id));
      fates.set(
        endpoint.id,
        delivery
          ? this.#statusOf(endpoint, delivery, null)
          : { subscribed: false, reason: this.#whyNot(endpoint, event) },
      );
    }
    for (const [target, delivery] of owed) {
      const id = webhookOf(target);
      if (id === null || fates.has(id)) continue;
      fates.set(id, {
        subscribed: true,
        delivery,
        nextAt: null,
        reason: delivery.reason ?? "the webhook was removed since",
      });
    }
    return { event, fates };
  }

  /** What became of an event for the plugins it was owed to, by name. Throws `forbidden` for all but the admin. */
  async forPlugins(eventId: string): Promise<Map<string, DeliveryView>> {
    if (!this.#ports.admin) throw new Failure("forbidden", "Only the admin key may see what plugins got.");
    const { place } = await this.#event(eventId);
    await this.#courier.flush();
    const found = [...(await this.#store.deliveryLog.of(place))].filter(([target]) => target.startsWith("plugin:"));
    return new Map(
      found.map(([target, delivery]) => {
        const { dueAt } = delivery;
        const nextAt = dueAt === null ? null : Math.max(dueAt, this.#courier.restUntil(target));
        return [target.slice("plugin:".length), { delivery, nextAt }];
      }),
    );
  }

  /** Delivers an event again, or for the first time. Throws `conflict` when it is on its way. */
  async again(id: string, eventId: string): Promise<Redelivery> {
    this.#get(id, "manage");
    const { place } = await this.#event(eventId);
    await this.#courier.flush();
    const endpoint = this.#get(id, "manage"); // who was removed meanwhile is owed nothing any more
    if (!(await this.#store.deliveryLog.redeliver(targetOf(id), place, this.#courier.now()))) {
      throw new Failure("conflict", "This event is on its way to the webhook already.");
    }
    return this.#sent(endpoint, 1);
  }

  /** The same for a range of events, oldest first. Throws `invalid` for one that ends before it begins. */
  async allAgain(id: string, { since, until, stages, missing }: Range): Promise<Redelivery> {
    this.#get(id, "manage");
    if (until < since) throw new Failure("invalid", "until lies before since: swap them.", { field: "until" });
    await this.#courier.flush();
    const endpoint = this.#get(id, "manage");
    const { tenant, scope } = this.#ports;
    const interest = missing ? this.#ports.webhooks.interestOf(endpoint) : null;
    const stands = () => void scope.get(id);
    const chosen = { since, until, stages, missing: interest, stands };
    const range = { ...chosen, target: targetOf(id), tenant, now: this.#courier.now() };
    return this.#sent(endpoint, await this.#store.deliveryLog.redeliverAll(range));
  }

  get #store() {
    return this.#ports.webhooks.ports.store;
  }

  get #courier() {
    return this.#ports.webhooks.ports.courier;
  }

  #whyNot(endpoint: Endpoint, event: BotEvent): string {
    return whyNotSubscribed(endpoint, event, (asked) => this.#ports.webhooks.interestOf(asked));
  }

  #get(id: string, scope: Scope): Endpoint {
    this.#ports.need(scope);
    return this.#ports.scope.get(id);
  }

  async #event(id: string): Promise<PlacedEvent> {
    const found = await this.#store.ledger.event(this.#ports.tenant, id);
    if (found !== null && this.#ports.scope.reaches(found.event.device)) return found;
    throw new Failure("not_found", "Event not found: it never happened here, or it was pruned.");
  }

  #status(endpoint: Endpoint): TargetStatus {
    return { endpoint, now: this.#courier.now(), restUntil: this.#courier.restUntil(targetOf(endpoint.id)) };
  }

  #statusOf(endpoint: Endpoint, delivery: Delivery, head: string | null): DeliveryStatus {
    const status = this.#status(endpoint);
    const reason = whyItStands(delivery, head, status);
    return { subscribed: true, delivery, nextAt: nextAttemptAt(delivery, status), reason };
  }

  #sent({ state }: Endpoint, count: number): Redelivery {
    this.#courier.wake();
    return { count, held: state === "active" ? null : state };
  }
}

const webhookOf = (target: Target): string | null => (target.startsWith("webhook:") ? target.slice(8) : null);
