import { day, unixSeconds } from "../base/durations.ts";
import { Turns } from "../base/turns.ts";
import type { Clock } from "../base/clock.ts";
import type { Courier, Deliver } from "../delivery/courier.ts";
import type { Outcome, Settlement } from "../ports/deliveries.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import { type BotEvent, type EventData, type EventType, liveOnly } from "../model/events/events.ts";
import { Failure } from "../base/failure.ts";
import type { Feed } from "../delivery/feed.ts";
import type { Log } from "../base/log.ts";
import type { Lost } from "../ports/retention.ts";
import type { SafeFetch } from "../base/safe-fetch.ts";
import { gatheringOf, ruleOf } from "./delivery-rule.ts";
import { type OperatorsWebhooks, operatorsEndpoints } from "./operators-webhooks.ts";
import { sendReplies, type SendReply } from "./replies.ts";
import type { Store } from "../ports/store.ts";
import type { Interest, Target, Targets } from "../model/events/targets.ts";
import { WebhookHealth } from "./webhook-health.ts";

/** Hands events to one endpoint as one delivery, which has `patience` ms to answer; what it made of it is the outcome. */
export type WebhookPoster = (
  endpoint: Endpoint,
  events: readonly BotEvent[],
  signal: AbortSignal,
  patience?: number,
) => Promise<Outcome>;

export interface WebhookPorts {
  store: Pick<Store, "endpoints" | "ledger" | "deliveryLog">;
  targets: Targets;
  courier: Courier;
  feed: Feed;
  post: WebhookPoster;
  safeFetch: Pick<SafeFetch, "check">;
  clock: Clock;
  log: Log;
  ids: { message(): string; hash(text: string): string };
}

export const targetOf = (id: string): Target => `webhook:${id}`;

/** An endpoint that fails without a break for so long is disabled, milliseconds. */
const patience = 5 * day;
/** And so often in this process: a clock that was set between two starts disables nobody. */
const fewest = 5;

/** How long an endpoint that takes nothing is left alone before one of the events that wait is offered, milliseconds. */
const probeEvery = 10_000;

/** The `device_group` of a device; null for none, and for no such device. */
export type DeviceGroupOf = (tenant: string, device: string) => string | null;

/** What says which events an endpoint asks for. */
type Asking = Pick<Endpoint, "tenant" | "events" | "devices" | "deviceGroups" | "chats">;

/** Every webhook there is: kept, registered with those who owe events, and posted to. */
export class Webhooks {
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #health = new Map<string, WebhookHealth>();
  /** Changes are made one after the other, each of what the one before left. */
  readonly #turns = new Turns();

  /** How replies are sent, once there are devices. */
  #send: SendReply | null = null;

  /** The group of a tenant's device, once there are devices. */
  #groupOf: DeviceGroupOf = () => null;

  private constructor(readonly ports: WebhookPorts) {}

  /** Loads what is kept and brings the operator's endpoints in line with the environment. */
  static async load(ports: WebhookPorts, operators: OperatorsWebhooks): Promise<Webhooks> {
    const webhooks = new Webhooks(ports);
    for (const endpoint of await ports.store.endpoints.list()) await webhooks.#take(endpoint);
    await webhooks.follow(operators);
    return webhooks;
  }

  /** From now on what receivers answer is sent with this. */
  replyWith(send: SendReply): void {
    this.#send = send;
  }

  /** From now on groups of devices are asked of this. */
  groupWith(groupOf: DeviceGroupOf): void {
    this.#groupOf = groupOf;
  }

  /** What an endpoint asks for. Groups are looked up when an event happens: a device may change its group. */
  interestOf({ tenant, events, devices, deviceGroups, chats }: Asking): Interest {
    const isIn = (groups: readonly string[]) => (device: string) => {
      const group = this.#groupOf(tenant, device);
      return group !== null && groups.includes(group);
    };
    return { events, devices, holdsDevice: deviceGroups && isIn(deviceGroups), chats, tenant };
  }

  /** Of every tenant. */
  all(): Endpoint[] {
    return [...this.#endpoints.values()];
  }

  list(tenant: string): Endpoint[] {
    return [...this.#endpoints.values()].filter((endpoint) => endpoint.tenant === tenant);
  }

  get(tenant: string, id: string): Endpoint {
    const endpoint = this.#endpoints.get(id);
    if (endpoint?.tenant === tenant) return endpoint;
    throw noWebhook();
  }

  /** Of any tenant; null when there is none. */
  find(id: string): Endpoint | null {
    return this.#endpoints.get(id) ?? null;
  }

  /** How its last attempts went. */
  health(id: string): WebhookHealth {
    return this.#health.get(id) ?? new WebhookHealth();
  }

  /** Writes a new endpoint and acts on it from the next event on. */
  add(endpoint: Endpoint): Promise<Endpoint> {
    return this.#turns.take(() => this.#put(endpoint));
  }

  /** Changes what it is by now, whatever was changed since the caller looked. Throws `not_found` when it is gone. */
  change(tenant: string, id: string, how: (present: Endpoint) => Endpoint): Promise<Endpoint> {
    return this.#turns.take(() => this.#put({ ...how(this.get(tenant, id)), updatedAt: this.ports.clock.now() }));
  }

  /** What was owed to it is owed no longer. */
  async remove(id: string): Promise<void> {
    await this.#turns.take(async () => this.#drop(id));
    await this.ports.store.endpoints.remove(id); // a long backlog takes its time, and nobody waits for it
  }

  /** Lets go of what is no longer kept: a tenant that was removed takes its webhooks along. */
  async reload(): Promise<void> {
    await this.#turns.take(async () => {
      const kept = new Set((await this.ports.store.endpoints.list()).map(({ id }) => id));
      for (const id of this.#endpoints.keys()) if (!kept.has(id)) this.#drop(id);
    });
  }

  /** Nothing new is owed to it; what waits stays, for a resume. */
  async disable(id: string, reason: string): Promise<void> {
    await this.#turns.take(async () => {
      const endpoint = this.#endpoints.get(id);
      if (endpoint === undefined || endpoint.state === "disabled") return;
      await this.#put({ ...endpoint, state: "disabled", reason, updatedAt: this.ports.clock.now() });
      this.ports.log.warn({ webhook: id, reason }, "webhook disabled");
      await this.#announce(endpoint, "webhook.disabled", { ...nameOf(endpoint), reason });
    });
  }

  /** Says that events are owed to it no longer though it did not take them. */
  async deadLetter({ target, reason, count, events, since, until }: Lost): Promise<void> {
    this.ports.log.warn({ target, reason, count }, "events buried");
    const endpoint = this.#endpoints.get(target.replace(/^webhook:/, ""));
    if (endpoint === undefined) return; // a plugin, or removed meanwhile
    const data = { reason, count, event_ids: events, since: unixSeconds(since), until: unixSeconds(until) };
    await this.#announce(endpoint, "webhook.dead_lettered", { ...nameOf(endpoint), ...data });
  }

  /** What is said of webhooks themselves is buried in silence, or that would be told for ever. */
  #reportDead(dead: readonly Settlement[]): void {
    const told = dead.filter(({ event: { type } }) => !type.startsWith("webhook.") && !liveOnly.has(type));
    for (const lost of lossesOf(told)) {
      void this.deadLetter(lost).catch((error: unknown) => this.ports.log.warn({ err: error }, "a burial is not told"));
    }
  }

  async #announce<T extends EventType>({ tenant, id }: Endpoint, type: T, data: EventData<T>): Promise<void> {
    const at = this.ports.clock.now();
    const event = { type, at, chat: null, once: `${type}|${id}|${at}`, data };
    const { events, written } = await this.ports.store.ledger.announce(tenant, [event]);
    this.ports.feed.publish(tenant, events);
    this.ports.courier.offer(written);
  }

  async #put(endpoint: Endpoint): Promise<Endpoint> {
    await this.ports.store.endpoints.put(endpoint);
    await this.#take(endpoint);
    return endpoint;
  }

  #drop(id: string): void {
    this.#endpoints.delete(id);
    this.#health.delete(id);
    this.ports.targets.delete(targetOf(id));
    this.ports.courier.remove(targetOf(id));
  }

  async #take(endpoint: Endpoint): Promise<void> {
    const { id, state, failingSince } = endpoint;
    const { targets, courier, store } = this.ports;
    const before = this.#endpoints.get(id);
    this.#endpoints.set(id, endpoint);
    if (state === "disabled") targets.delete(targetOf(id));
    else targets.set(targetOf(id), this.interestOf(endpoint));
    if (before === undefined) this.#health.set(id, new WebhookHealth(await store.deliveryLog.recent(targetOf(id))));
    const gathering = gatheringOf(endpoint);
    if (before === undefined || ruleOf(before) !== ruleOf(endpoint)) {
      const deadLettered = (dead: readonly Settlement[]) => this.#reportDead(dead);
      const failing = failingSince !== null;
      courier.add(targetOf(id), this.#deliverTo(id), { failing, deadLettered, probeEvery, gathering });
    }
    if (state !== "active") courier.pause(targetOf(id));
    else if (before?.state !== "active") courier.resume(targetOf(id));
  }

  #deliverTo(id: string): Deliver {
    return async (_, { signal, events }) => {
      const endpoint = this.#endpoints.get(id);
      if (endpoint === undefined) return { ok: false, final: true, error: "the webhook was removed" };
      const posted = await this.ports.post(endpoint, events, signal);
      const outcome = this.#send && endpoint.replies ? await sendReplies(endpoint, events, posted, this.#send) : posted;
      if (!signal.aborted || outcome.ok)
        await this.#judge(id, outcome).catch((error: unknown) => this.#unjudged(error));
      return outcome;
    };
  }

  /** A disk that refuses does not undo what the receiver has taken. */
  #unjudged(error: unknown): void {
    this.ports.log.warn({ err: error }, "how a webhook does is not written down");
  }

  /** Keeps count of how long nothing has arrived, and gives up on those that said so or have long been dead. */
  async #judge(id: string, outcome: Outcome): Promise<void> {
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined) return;
    const health = this.health(id);
    health.note(outcome, this.ports.clock.now());
    if (endpoint.state === "disabled") return;
    const { failingSince } = endpoint;
    const now = this.ports.courier.now();
    if (outcome.ok) return failingSince === null ? undefined : this.#failing(id, null);
    if (outcome.status === 410) return this.disable(id, "it answered 410 Gone");
    if (failingSince === null) return this.#failing(id, now);
    if (now - failingSince > patience && health.failedInRow >= fewest) {
      await this.disable(id, "every attempt of 5 days failed");
    }
  }

  /** Nobody changed the webhook, so it does not count as a change. */
  #failing(id: string, failingSince: number | null): Promise<void> {
    return this.#turns.take(async () => {
      const endpoint = this.#endpoints.get(id);
      if (endpoint === undefined) return;
      this.#endpoints.set(id, { ...endpoint, failingSince });
      await this.ports.store.endpoints.failing(id, failingSince);
    });
  }

  /** Brings the operator's endpoints in line with the settings. Throws `invalid` for a bad secret. */
  async follow(operators: OperatorsWebhooks): Promise<void> {
    const { clock, ids } = this.ports;
    const kept = (id: string) => this.#endpoints.get(id);
    const wanted = operatorsEndpoints(operators, kept, clock.now(), (text) => ids.hash(text));
    const stay = new Set(wanted.map(({ id }) => id));
    for (const { id, origin } of this.#endpoints.values()) {
      if (origin === "environment" && !stay.has(id)) await this.remove(id);
    }
    for (const endpoint of wanted) {
      const renewed = this.#endpoints.get(endpoint.id)?.state === "disabled";
      await this.add(endpoint);
      if (renewed) await this.ports.courier.renew(targetOf(endpoint.id));
    }
  }
}

/** People put secrets into queries. */
export const withoutQuery = (url: string) => url.replace(/[?#].*$/s, "");

const nameOf = ({ id, url }: Endpoint) => ({ webhook_id: id, url: withoutQuery(url) });

/** What was given up at once, by reason. */
function lossesOf(dead: readonly Settlement[]): Lost[] {
  const reasonOf = ({ next }: Settlement) => (next.stage === "dead" ? next.reason : "");
  return [...Map.groupBy(dead, reasonOf)].flatMap(([reason, list]) => {
    const times = list.map(({ event }) => Date.parse(event.timestamp));
    const [first] = list;
    if (first === undefined) return [];
    const events = list.slice(0, 100).map(({ event }) => event.id);
    const [since, until] = [Math.min(...times), Math.max(...times)];
    return [{ target: first.target, reason, count: list.length, events, since, until }];
  });
}

export const noWebhook = () => new Failure("not_found", "Webhook not found or access denied");
