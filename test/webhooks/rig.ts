import { eventBody } from "../../src/api/v1/event-body.ts";
import { Courier } from "../../src/core/delivery/courier.ts";
import type { NewEvent } from "../../src/core/model/events/events.ts";
import { Feed } from "../../src/core/delivery/feed.ts";
import type { Hold } from "../../src/core/ports/hold.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { Targets } from "../../src/core/model/events/targets.ts";
import { WebhookService } from "../../src/core/webhooks/webhook-service.ts";
import type { OperatorsWebhooks } from "../../src/core/webhooks/operators-webhooks.ts";
import { Webhooks } from "../../src/core/webhooks/webhooks.ts";
import { Allowed } from "../../src/net/allowed.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { openStore } from "../../src/store/open.ts";
import { ids } from "../../src/composition/system.ts";
import { poster } from "../../src/webhooks/post.ts";
import { afterwards } from "../afterwards.ts";
import { HandClock } from "../clock.ts";
import { silent } from "../log.ts";
import { Receiver } from "../receiver.ts";
import { folder } from "../store/house.ts";
import { device } from "../store/rows.ts";

/** A receiver that is gone after the test. */
export function receiver(answer?: Receiver["answer"]): Receiver {
  const made = new Receiver();
  if (answer !== undefined) made.answer = answer;
  afterwards(() => made.stop());
  return made;
}

/** What a receiver was told people wrote, in the order it came. */
export const texts = ({ events }: Receiver) =>
  events.filter(({ type }) => type === "message.received").map(({ data }) => (data as { id: string }).id);

/** A page of the delivery log without a filter. */
export const unfiltered = {
  stages: null,
  types: null,
  devices: null,
  since: 0,
  until: Number.MAX_SAFE_INTEGER,
  before: null,
  limit: 500,
} as const;

const nobody: OperatorsWebhooks = { urls: [], secret: null, events: ["*"], raw: false };

/** Everything between an event and a receiver, for real, on a hand-wound clock. */
export class Rig {
  // From now on, for verifiers that look at the timestamp.
  readonly clock = new HandClock(Date.now());
  readonly feed = new Feed(reportError);
  /** What the audit log would hold. */
  store!: Store;
  courier!: Courier;
  targets!: Targets;
  webhooks!: Webhooks;
  service!: WebhookService;
  hold!: Hold;

  private constructor(readonly dir: string) {}

  static async start(operators: Partial<OperatorsWebhooks> = {}): Promise<Rig> {
    const rig = new Rig(folder());
    afterwards(() => rig.stop());
    await rig.start(operators);
    return rig;
  }

  async start(operators: Partial<OperatorsWebhooks> = {}): Promise<void> {
    const { clock, dir, feed } = this;
    const targets = (this.targets = new Targets());
    this.store = await openStore({ dir, clock, targetsOf: targets.of, durability: "normal" });
    this.courier = new Courier({ deliveries: this.store.deliveries, clock, log: silent, random: () => 0.5 });
    const safeFetch = guardedFetch({ clock, allowed: new Allowed(["loopback"]) });
    const post = poster(safeFetch, { clock, version: "0.0.0", bodyOf: eventBody });
    const { store, courier } = this;
    const ports = { store, targets, courier, feed, post, safeFetch, clock, log: silent, ids };
    this.webhooks = await Webhooks.load(ports, { ...nobody, ...operators });
    this.service = this.deskOf("default");
    if ((await store.devices.list()).length === 0) await store.devices.create(device("d1"));
    this.hold = await store.devices.hold("d1", new AbortController().signal);
    await courier.start();
  }

  deskOf(tenant: string, admin = true): WebhookService {
    return new WebhookService({ webhooks: this.webhooks, tenant, devices: null, manages: true, need: () => {}, admin });
  }

  async stop(): Promise<void> {
    const stopped = this.courier.stop(0);
    this.clock.wind(0); // whoever hangs is cut off
    await stopped;
    await this.store.close();
  }

  async record(...events: NewEvent[]): Promise<string[]> {
    const { events: told } = await this.store.ledger.record(this.hold, { events });
    this.courier.wake();
    return told.map(({ id }) => id);
  }

  /** Records, and waits until nothing is on its way. */
  async tell(...events: NewEvent[]): Promise<string[]> {
    const told = await this.record(...events);
    await this.courier.idle();
    return told;
  }

  async wait(ms: number): Promise<void> {
    this.clock.wind(ms);
    await this.courier.idle();
  }

  /** Lets time pass from alarm to alarm until nothing is owed any more. */
  async settle(): Promise<void> {
    for (let alarm = this.clock.next(); alarm !== null; alarm = this.clock.next()) await this.wait(alarm);
  }
}
