import { expect, test } from "bun:test";
import { Courier } from "../../src/core/delivery/courier.ts";
import { afterwards } from "../afterwards.ts";
import { silent } from "../log.ts";
import { Receiver } from "../receiver.ts";
import { held, house, raw, received } from "../store/house.ts";
import { receiver, Rig, texts } from "./rig.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Lets time pass alarm by alarm, `ms` at most, until `done`. Returns how much has passed. */
async function pass(rig: Rig, ms: number, done: () => boolean = () => false): Promise<number> {
  let passed = 0;
  while (!done() && passed < ms) {
    const step = Math.min(rig.clock.next() ?? ms, ms - passed);
    await rig.wait(step);
    passed += step;
  }
  return passed;
}

/** Twelve messages of six chats, and how long it takes from when the receiver is back until it has the first of them. */
async function outage(rig: Rig, ms: number, back: () => Receiver): Promise<{ after: number; got: string[] }> {
  for (let n = 0; n < 12; n += 1) await rig.tell(received(`chat${n % 6}`, "x", `m${n}`));
  await pass(rig, ms);
  const to = back();
  const before = to.all.length;
  const after = await pass(rig, minute, () => to.all.length > before);
  await rig.courier.idle();
  return { after, got: texts(to).toSorted() };
}

const all = Array.from({ length: 12 }, (_, n) => `m${n}`).toSorted();

for (const length of [20_000, 4 * minute, 50 * minute, 3 * hour])
  test(`a receiver that nobody answered at for ${length / 1000} s and that is back has all of it within 15 s`, async () => {
    const gone = receiver();
    const { url } = gone;
    await gone.stop();
    const rig = await Rig.start();
    await rig.service.create({ url, events: ["message.*"] });
    const { after, got } = await outage(rig, length, () => {
      const to = new Receiver(Number(new URL(url).port));
      afterwards(() => to.stop());
      return to;
    });
    expect(after).toBeLessThanOrEqual(15_000);
    expect(got).toEqual(all);
  });

test("the same behind a gateway that says 503 meanwhile; probes that fail count for nothing", async () => {
  let up = false;
  const to = receiver(() => new Response("", { status: up ? 200 : 503 }));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url, events: ["message.*"] });
  const [first = ""] = await rig.tell(received("chat0", "x", "first"));
  for (let n = 0; n < 12; n += 1) await rig.tell(received(`chat${n % 6}`, "x", `m${n}`));
  await pass(rig, 5 * hour);
  expect(to.all.length).toBeGreaterThan(1_000);
  // 0 s, 5 s, 30 s, 2 min, 10 min, 1 h: as often as its schedule says.
  expect((await rig.service.deliveries.history(id, first)).attempts).toHaveLength(6);
  up = true;
  const before = to.all.length;
  expect(await pass(rig, minute, () => to.all.length > before)).toBeLessThanOrEqual(15_000);
  await rig.courier.idle();
  expect((await rig.service.figures(id)).pending).toBe(0);
});

test("an event that its receiver dies of is not all that it is asked", async () => {
  const rig = await Rig.start();
  const to = receiver(({ event }) => {
    const poison = (event.data as { id: string }).id === "poison";
    return poison ? new Response("", { status: 502 }) : new Response();
  });
  await rig.service.create({ url: to.url, events: ["message.*"] });
  await rig.tell(received("x", "x", "poison"));
  await pass(rig, 3 * hour);
  await rig.tell(received("y", "y", "fine"));
  await pass(rig, 15_000);
  expect(texts(to)).toContain("fine");
});

test("a receiver that asked to be left alone is not probed", async () => {
  const to = receiver(() => new Response("", { status: 503, headers: { "retry-after": "600" } }));
  const rig = await Rig.start();
  await rig.service.create({ url: to.url, events: ["message.*"] });
  await rig.tell(received("x", "x", "1"));
  await pass(rig, 599_000);
  expect(to.all).toHaveLength(1);
});

test("one that hangs is probed as soon as an attempt was given up, and holds one connection", async () => {
  const { store, clock, dir } = await house({ targetsOf: () => ["webhook:a"] });
  const hold = await held(store);
  const courier = new Courier({ deliveries: store.deliveries, clock, log: silent, random: () => 0.5 });
  afterwards(() => courier.stop(0));
  let [up, running, most] = [false, 0, 0];
  courier.add(
    "webhook:a",
    async () => {
      if (up) return { ok: true };
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((late) => clock.after(15_000, late));
      running -= 1;
      return { ok: false, error: "no answer within 15 s" };
    },
    { probeEvery: 10_000 },
  );
  const wind = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.wind(1_000);
      for (let n = 0; n < 6; n += 1) await new Promise((go) => setImmediate(go));
    }
  };
  await courier.start();
  const events = Array.from({ length: 12 }, (_, n) => received(`chat${n}`, "x"));
  courier.offer((await store.ledger.record(hold, { events })).written);
  await wind(10 * minute);
  most = 0;
  await wind(2 * minute);
  expect(most).toBe(1);
  up = true;
  await wind(16_000);
  await courier.idle();
  expect(raw(dir).query("SELECT count(*) AS n FROM delivery WHERE settled_at IS NULL").get()).toEqual({ n: 0 });
});
