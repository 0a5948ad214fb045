/** Ours: every event on disk (FULL) before it is posted. The control: posts straight from the handler. */
import { eventBody } from "../src/api/v1/event-body.ts";
import { Courier } from "../src/core/delivery/courier.ts";
import type { NewEvent } from "../src/core/model/events/events.ts";
import { Feed } from "../src/core/delivery/feed.ts";
import { Targets } from "../src/core/model/events/targets.ts";
import { Webhooks } from "../src/core/webhooks/webhooks.ts";
import { guardedFetch } from "../src/net/fetch.ts";
import { openStore } from "../src/store/open.ts";
import { ids, systemClock as clock } from "../src/composition/system.ts";
import { poster } from "../src/webhooks/post.ts";
import { silent } from "../test/log.ts";
import { device, received } from "../test/store/rows.ts";
import { serve } from "./child.ts";

interface Order {
  way: "merpati" | "straight";
  urls: string[];
  dir: string;
}

type Tell = (events: NewEvent[]) => Promise<void>;
let tell: Tell = async () => {};

const openers: Record<Order["way"], (order: Order) => Promise<Tell>> = {
  async merpati({ urls, dir }) {
    const targets = new Targets();
    const store = await openStore({ dir, clock, targetsOf: targets.of });
    const courier = new Courier({ deliveries: store.deliveries, clock, log: silent });
    const safeFetch = guardedFetch({ clock });
    const post = poster(safeFetch, { clock, version: "0.0.0", bodyOf: eventBody });
    const parts = { store, targets, courier, feed: new Feed(reportError), post, safeFetch, clock, log: silent, ids };
    await Webhooks.load(parts, { urls, secret: "a secret for the bench", raw: false, events: ["*"] });
    await store.devices.create(device("d1"));
    const hold = await store.devices.hold("d1", new AbortController().signal);
    await courier.start();
    return async (events) => {
      const { written } = await store.ledger.record(hold, { events });
      courier.offer(written);
    };
  },
  async straight({ urls }) {
    return async (events) => {
      const posts = events.flatMap(({ type, data }) =>
        urls.map((url) =>
          fetch(url, { method: "POST", body: JSON.stringify({ type, data }) }).then((each) => each.text()),
        ),
      );
      await Promise.all(posts);
    };
  },
};

serve({
  async open(order: Order) {
    tell = await openers[order.way](order);
  },
  /** All at once in batches of 20 when `rate` is 0, else evenly at `rate` a second. */
  async send({ events, rate }: { events: number; rate: number }) {
    const before = process.cpuUsage();
    const batch = rate === 0 ? 20 : 1;
    const begun = performance.now();
    for (let sent = 0; sent < events; sent += batch) {
      await tell(Array.from({ length: Math.min(batch, events - sent) }, (_, n) => event(sent + n)));
      const ahead = rate === 0 ? 0 : begun + ((sent + 1) * 1000) / rate - performance.now();
      await new Promise((go) => (ahead > 0 ? setTimeout(go, ahead) : setImmediate(go)));
    }
    const { user, system } = process.cpuUsage(before);
    return { rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20), cpuMs: Math.round((user + system) / 1000) };
  },
});

function event(n: number): NewEvent {
  const at = performance.timeOrigin + performance.now();
  return { ...received(`chat${n % 200}`, String(at), `once${n}`), at: Math.round(at) };
}
