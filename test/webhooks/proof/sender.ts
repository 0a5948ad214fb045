/** A sender that is killed again and again: records events and delivers them, on a clock that runs fast. */
import { eventBody } from "../../../src/api/v1/event-body.ts";
import { Courier } from "../../../src/core/delivery/courier.ts";
import { Feed } from "../../../src/core/delivery/feed.ts";
import { Targets } from "../../../src/core/model/events/targets.ts";
import { batchRule, burstRule } from "../../../src/core/webhooks/webhook-draft.ts";
import { Webhooks } from "../../../src/core/webhooks/webhooks.ts";
import { guardedFetch } from "../../../src/net/fetch.ts";
import { openStore } from "../../../src/store/open.ts";
import { ids } from "../../../src/composition/system.ts";
import { poster } from "../../../src/webhooks/post.ts";
import { silent } from "../../log.ts";
import { device, received } from "../../store/rows.ts";
import { fastClock } from "./fast-clock.ts";

export interface Errand {
  dir: string;
  urls: string[];
  secret: string;
  events: number;
  chats: number;
  /** Events recorded in one transaction. */
  batch: number;
  from: number;
  speed: number;
}

const errand = JSON.parse(process.argv[2] ?? "") as Errand;
void answerQuestions();
const clock = fastClock(errand.from, errand.speed);
const targets = new Targets();
const store = await openStore({ dir: errand.dir, clock, targetsOf: targets.of, durability: "normal" });
const courier = new Courier({ deliveries: store.deliveries, clock, log: silent });
const safeFetch = guardedFetch({ clock });
const post = poster(safeFetch, { clock, version: "0.0.0", bodyOf: eventBody });
const webhooks = await Webhooks.load(
  { store, targets, courier, feed: new Feed(reportError), post, safeFetch, clock, log: silent, ids },
  { urls: errand.urls, secret: errand.secret, raw: false, events: ["*"] },
);
for (const { id, url } of webhooks.all()) {
  if (url.includes("batch"))
    await webhooks.change("default", id, (one) => ({ ...one, batch: batchRule({ events: 7 }) }));
  if (url.includes("burst"))
    await webhooks.change("default", id, (one) => ({ ...one, burst: burstRule({ events: 7 }) }));
}
if ((await store.devices.list()).length === 0) await store.devices.create(device("d1"));
const hold = await store.devices.hold("d1", new AbortController().signal);
await courier.start();

const log = await store.ledger.after("d1", 0, 10_000_000);
for (let place = log.length; place < errand.events; place += errand.batch) {
  const count = Math.min(errand.batch, errand.events - place);
  const events = Array.from({ length: count }, (_, n) => ({
    ...received(`chat${(place + n) % errand.chats}`, String(Date.now()), String(place + n)),
    at: clock.now(),
  }));
  await store.ledger.record(hold, { events });
  courier.wake();
  await new Promise((go) => setImmediate(go));
}

async function answerQuestions(): Promise<void> {
  for await (const line of console) if (line === "memory") process.stdout.write(`${process.memoryUsage.rss()}\n`);
}
