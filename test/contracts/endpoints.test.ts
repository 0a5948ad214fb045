import { expect } from "bun:test";
import type { Target } from "../../src/core/model/events/targets.ts";
import { endpoint, held, received } from "../store/house.ts";
import { holds } from "./grounds.ts";

const whole = endpoint("https://example.com/a?b=c", {
  description: "Shop",
  devices: ["default"],
  headers: { "x-a": "1" },
  secrets: [{ secret: "whsec_aa", expiresAt: null }],
  replies: true,
  raw: true,
  batch: { events: 5, wait_ms: 100 },
  inlineKb: 64,
  chats: ["group"],
  state: "paused",
  origin: "api",
  createdAt: 3,
  updatedAt: 4,
});

holds("a webhook is read as it was written, and replaced whole", async (open) => {
  const { store } = await open();
  await store.endpoints.put(whole);
  await store.endpoints.put(endpoint("http://127.0.0.1/", { id: "v", createdAt: 9 }));
  expect(await store.endpoints.list()).toEqual([whole, endpoint("http://127.0.0.1/", { id: "v", createdAt: 9 })]);
  const burst = { pause_ms: 1, longest_ms: 2, events: 3 };
  const next = {
    ...whole,
    batch: null,
    burst,
    devices: null,
    chats: null,
    description: null,
    state: "disabled",
    reason: "x",
  } as const;
  await store.endpoints.put(next);
  await store.endpoints.failing("w", 77);
  expect((await store.endpoints.list())[0]).toEqual({ ...next, failingSince: 77 });
});

holds("nothing is owed to a webhook that was removed, also when one of that id comes back", async (open) => {
  const target: Target = "webhook:w";
  const { store } = await open({ targetsOf: () => [target] });
  await store.endpoints.put(whole);
  const hold = await held(store);
  await store.ledger.record(hold, { events: [received("a", "1"), received("b", "2")] });
  await store.endpoints.remove("w");
  expect(await store.endpoints.list()).toEqual([]);
  await store.endpoints.put(whole);
  const { cursors } = await store.deliveries.cursors([target]);
  const { events } = await store.deliveries.read({ target, after: cursors.get(target) ?? 0, limit: 9 });
  expect(events).toEqual([]);
  expect((await store.deliveryLog.figures(target)).pending).toBe(0);
});
