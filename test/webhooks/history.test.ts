import { expect, test } from "bun:test";
import type { EventType, NewEvent } from "../../src/core/model/events/events.ts";
import { qr, received, refusal } from "../store/house.ts";
import { receiver, Rig, unfiltered } from "./rig.ts";

/** What the history says of an event for a webhook: its stage, the reason and when it comes next, in seconds from now. */
async function fate(rig: Rig, webhook: string, event: string) {
  const { fate } = await rig.service.deliveries.history(webhook, event);
  if (!fate.subscribed) return ["not_subscribed", fate.reason];
  const next = fate.nextAt === null ? null : Math.round((fate.nextAt - rig.clock.now()) / 1000);
  return [fate.delivery.stage, fate.reason, next];
}

test("every attempt is in the history, with what came of it", async () => {
  let answers = 0;
  const to = receiver(() => new Response(`answer ${(answers += 1)}`, { status: answers === 1 ? 500 : 200 }));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url });
  const [event = ""] = await rig.tell(received("x", "1"), received("x", "2"));
  const stages = async (changes: object) =>
    (await rig.service.deliveries.list(id, { ...unfiltered, ...changes })).map(({ delivery }) => delivery.stage);
  expect(await stages({})).toEqual(["blocked", "due"]);
  expect((await rig.service.deliveries.list(id, unfiltered)).map(({ delivery }) => delivery.last)).toEqual([
    null,
    { status: 500, error: "status 500" },
  ]);
  await rig.wait(5_000);
  expect(await stages({ stages: ["delivered"], limit: 1 })).toHaveLength(1);
  expect(await stages({ stages: ["due", "blocked"] })).toEqual([]);
  expect([await stages({ devices: ["d1"] }), await stages({ devices: ["d2"] })]).toEqual([
    Array(2).fill("delivered"),
    [],
  ]);
  expect([await stages({ since: 1_001 }), await stages({ until: 1_000 })]).toEqual([[], Array(2).fill("delivered")]);
  const { attempts } = await rig.service.deliveries.history(id, event);
  expect(attempts).toMatchObject([
    { number: 1, status: 500, error: "status 500", response: "answer 1" },
    { number: 2, status: 200, error: null, response: "answer 2" },
  ]);
  expect(rig.service.health(id)).toMatchObject({
    lastSuccessAt: rig.clock.now(),
    lastFailure: { at: rig.clock.now() - 5_000, status: 500, error: "status 500" },
  });
  const before = { ...rig.service.health(id) };
  await rig.stop();
  await rig.start();
  expect({ ...rig.service.health(id) }).toEqual(before);
  expect(await refusal(rig.service.deliveries.history(id, "unknown"))).toStartWith("not_found: ");
});

test("why an event was not owed", async () => {
  const rig = await Rig.start();
  const [early = ""] = await rig.tell(received("x", "before"));
  rig.clock.wind(1);
  const all = await rig.service.create({ url: "http://127.0.0.1:1/" });
  const some = await rig.service.create({
    url: "http://127.0.0.1:1/",
    events: ["device.*", "webhook.*"],
    devices: ["d2"],
  });
  const [message = ""] = await rig.tell(received("x", "hello"));
  const [device = ""] = await rig.tell(connected());
  await rig.webhooks.disable(all.id, "it answered 410 Gone");
  const [late = ""] = await rig.tell(connected());
  const { events } = await rig.store.ledger.announce("default", [of("webhook.test")]);
  await rig.service.resume(all.id);
  expect(await fate(rig, all.id, early)).toEqual(["not_subscribed", "it happened before the webhook was made"]);
  expect(await fate(rig, all.id, late)).toEqual([
    "not_subscribed",
    "the webhook was disabled then, or asked for something else",
  ]);
  expect(await fate(rig, some.id, message)).toEqual([
    "not_subscribed",
    "the webhook does not ask for message.received: its events are device.*, webhook.*",
  ]);
  expect(await fate(rig, some.id, device)).toEqual([
    "not_subscribed",
    "the webhook does not ask for the device d1: its devices are d2",
  ]);
  expect(await fate(rig, some.id, events[0]?.id ?? "")).toEqual([
    "not_subscribed",
    "the webhook does not ask for what concerns no device: its devices are d2",
  ]);
});

test("what an event waits for, and when it comes next", async () => {
  let answer = () => new Response("", { status: 500 });
  const to = receiver(() => answer());
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url });
  const [first = "", second = ""] = await rig.tell(received("x", "1"), received("x", "2"));
  expect(await fate(rig, id, first)).toEqual(["due", "the last attempt failed; it is offered again", 5]);
  const behind = `it comes after ${first}, which is still to be delivered`;
  expect(await fate(rig, id, second)).toEqual(["blocked", behind, null]);
  expect(await rig.service.figures(id)).toEqual({
    pending: 2,
    pendingSince: 1_000,
    dead: 0,
    health: "ok",
    restUntil: null,
    recent: { deliveries: 2, delivered: 0, dead: 0, attempts: 1, failed: 1, duration: null },
  });

  answer = () => new Response("", { status: 429, headers: { "retry-after": "60" } });
  await rig.wait(5_000);
  const [other = ""] = await rig.tell(received("y", "3"));
  expect(await fate(rig, id, other)).toEqual(["due", "the receiver asked to be left alone for a while", 60]);
  expect(await rig.service.figures(id)).toMatchObject({ health: "backing_off", restUntil: rig.clock.now() + 60_000 });

  await rig.service.pause(id);
  expect(await fate(rig, id, first)).toEqual(["due", "the webhook is paused", null]);
  const shown = await rig.service.deliveries.list(id, unfiltered);
  expect(shown.map(({ nextAt }) => nextAt)).toEqual([null, null, null]);
  await rig.webhooks.disable(id, "it answered 410 Gone");
  expect(await fate(rig, id, other)).toEqual(["due", "the webhook is disabled: it answered 410 Gone", null]);
  answer = () => new Response();
  await rig.service.resume(id);
  await rig.courier.idle();
  expect(await fate(rig, id, second)).toEqual(["delivered", null, null]);
  expect(await rig.service.figures(id)).toMatchObject({
    health: "ok",
    restUntil: null,
    recent: { deliveries: 3, delivered: 3, dead: 0, attempts: 5, failed: 2, duration: 0 },
  });
});

test("how an event ended: given up, refused for good, no longer true; and again by hand", async () => {
  let fails = true;
  const to = receiver(() => new Response("", { status: fails ? 500 : 200 }));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url, events: ["message.*", "device.*"] });
  const [event = ""] = await rig.tell(received("x", "1"));
  const [code = ""] = await rig.tell({ ...qr("code"), at: rig.clock.now() });
  await rig.settle();
  expect(await fate(rig, id, event)).toEqual(["dead", "8 attempts failed", null]);
  expect(await fate(rig, id, code)).toEqual(["dead", "no longer true", null]);
  expect(await rig.service.figures(id)).toMatchObject({ pending: 0, pendingSince: null, dead: 2, health: "degraded" });
  fails = false;
  await rig.service.pause(id);
  expect(await rig.service.deliveries.again(id, event)).toEqual({ count: 1, held: "paused" });
  expect(await refusal(rig.service.deliveries.again(id, event))).toStartWith("conflict: ");
  await rig.service.resume(id);
  await rig.courier.idle();
  expect(await fate(rig, id, event)).toEqual(["delivered", null, null]);
  expect((await rig.service.deliveries.history(id, event)).attempts).toHaveLength(9);
});

test("what became of one event for each webhook, also for one that was removed, and for each plugin", async () => {
  const [good, bad] = [receiver(), receiver(() => new Response("", { status: 500 }))];
  const rig = await Rig.start();
  const one = await rig.service.create({ url: good.url });
  const two = await rig.service.create({ url: bad.url });
  const three = await rig.service.create({ url: good.url, events: ["device.*"] });
  for (const name of ["ping", "broken", "off"] as const) {
    rig.targets.set(`plugin:${name}`, { events: name === "off" ? [] : ["message.*"], tenant: null, devices: null });
    rig.courier.add(`plugin:${name}`, async () => ({ ok: name === "ping", final: true, error: "it threw" }));
  }
  const [event = ""] = await rig.tell(received("x", "1"));
  await rig.service.remove(two.id);
  const { fates } = await rig.service.deliveries.statuses(event);
  const plugins = await rig.service.deliveries.forPlugins(event);
  expect([...plugins].map(([name, { delivery }]) => [name, delivery.stage, delivery.attempts])).toEqual([
    ["broken", "dead", 1],
    ["ping", "delivered", 1],
  ]);
  expect(await refusal(rig.deskOf("default", false).deliveries.forPlugins(event))).toStartWith("forbidden: ");
  expect(fates.get(one.id)).toMatchObject({ subscribed: true, delivery: { stage: "delivered" } });
  expect(fates.get(two.id)).toMatchObject({
    subscribed: true,
    reason: "the webhook was removed",
    delivery: { stage: "dead" },
  });
  expect(fates.get(three.id)).toMatchObject({ subscribed: false });
  expect(fates.size).toBe(3);
  expect(await refusal(rig.deskOf("elsewhere").deliveries.statuses(event))).toStartWith("not_found: ");
});

let count = 0;
function connected(): NewEvent {
  const data = { jid: "1@s.whatsapp.net", lid: null, phone_number: "1", name: null };
  return { type: "device.connected", at: 1_000, chat: null, once: `c${(count += 1)}`, data };
}

function of(type: EventType): NewEvent {
  return { type, at: 1_000, chat: null, once: type, data: { webhook_id: "w", message: "x" } };
}
