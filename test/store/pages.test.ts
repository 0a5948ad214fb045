import { expect, test } from "bun:test";
import type { NewEvent } from "../../src/core/model/events/events.ts";
import { held, house, received } from "./house.ts";

const rare = (once: string): NewEvent => {
  const { data, ...event } = received("x", "", once);
  const { content: _, ...message } = data;
  return { ...event, type: "message.undecryptable", data: message };
};

test("a page finds what is rare, however much lies between, and reads on where it stopped", async () => {
  const { store, clock } = await house({ targetsOf: () => ["webhook:w"] });
  const hold = await held(store);
  await store.ledger.record(hold, { events: [rare("first")] });
  for (let batch = 0; batch < 21; batch += 1) {
    clock.wind(1_000); // so many ids in one millisecond would lend from the next
    await store.ledger.record(hold, { events: Array.from({ length: 1_000 }, () => received("y", "")) });
  }
  await store.ledger.record(hold, { events: [rare("last")] });

  const types = ["message.undecryptable"] as const;
  const query = { tenant: "default", after: 0, types, devices: null, limit: 5 };
  const seqs = async (changes: object) =>
    (await store.ledger.page({ ...query, ...changes })).events.map(({ event }) => event.seq);
  expect(await seqs({})).toEqual([1, 21_002]);
  expect(await seqs({ newest: true })).toEqual([1, 21_002]);
  expect(await seqs({ newest: true, limit: 1 })).toEqual([21_002]);
  expect(await seqs({ after: 1 })).toEqual([21_002]);
  expect(await seqs({ types: null, after: 19_999, limit: 3 })).toEqual([20_000, 20_001, 20_002]);

  const list = { target: "webhook:w", stages: null, types, devices: null, since: 0, until: 2_000 } as const;
  const places = async (changes: object) =>
    (await store.deliveryLog.list({ ...list, before: null, limit: 5, ...changes })).map(({ place }) => place);
  expect(await places({})).toEqual([21_002, 1]);
  expect(await places({ before: 21_002 })).toEqual([1]);
  expect(await places({ types: null, before: 16_004, limit: 3 })).toEqual([16_003, 16_002, 16_001]);
  expect(await places({ stages: ["dead"] })).toEqual([]);
});
