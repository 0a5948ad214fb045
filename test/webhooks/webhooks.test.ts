import { expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { Failure } from "../../src/core/base/failure.ts";
import { received, refusal } from "../store/house.ts";
import { receiver, Rig, texts, unfiltered } from "./rig.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

test("the operator's webhooks follow the environment; a made secret stays", async () => {
  const [one, two] = [receiver(), receiver()];
  const rig = await Rig.start({ urls: [one.url, two.url], events: ["message.*"] });
  await rig.tell(received("x", "hi", "1"));
  expect([texts(one), texts(two)]).toEqual([["1"], ["1"]]);
  const [first] = rig.service.list();
  const secret = first?.secrets[0]?.secret ?? "";
  const { body = "", headers = {} } = one.all[0] ?? {};
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: "message.received" });
  await rig.stop();
  await rig.start({ urls: [one.url], events: ["message.*"] });
  expect(rig.service.list().map(({ url, secrets }) => [url, secrets[0]?.secret])).toEqual([[one.url, secret]]);
  await rig.tell(received("x", "hi", "2"));
  expect([texts(one), texts(two)]).toEqual([["1", "2"], ["1"]]);
  const id = first?.id ?? "";
  expect(await refusal(rig.service.change(id, { events: ["*"] }))).toMatch(/^conflict: .*WEBHOOK_URL/);
});

test("a user in WEBHOOK_URL is told by header", async () => {
  const to = receiver();
  const rig = await Rig.start({ urls: [to.url.replace("//", "//ann:p%40ss@")] });
  await rig.tell(connected());
  expect(to.all[0]?.headers["authorization"]).toBe(`Basic ${btoa("ann:p@ss")}`);
  expect(rig.service.list()[0]?.url).toBe(to.url);
});

test("a webhook hears what it asks for and nothing else", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const webhook = await rig.service.create({ url: to.url, events: ["message.*"], devices: ["elsewhere"] });
  await rig.tell(received("x", "no", "1"));
  await rig.service.change(webhook.id, { devices: null });
  await rig.tell(received("x", "yes", "2"), connected());
  await rig.service.change(webhook.id, { events: ["device.connected"] });
  await rig.tell(received("x", "no", "3"), connected());
  expect(to.events.map(({ type }) => type)).toEqual(["message.received", "device.connected"]);
  await rig.service.remove(webhook.id);
  await rig.tell(connected());
  expect(to.all).toHaveLength(2);
});

test("what was owed to a removed webhook is not delivered when it comes back", async () => {
  let down = true;
  const to = receiver(() => new Response("", { status: down ? 500 : 200 }));
  const rig = await Rig.start({ urls: [to.url] });
  await rig.tell(received("x", "a", "1"), received("x", "b", "2"));
  await rig.stop();
  await rig.start();
  await rig.stop();
  down = false;
  await rig.start({ urls: [to.url] });
  await rig.tell(received("x", "c", "3"));
  await rig.settle();
  expect(texts(to)).toEqual(["1", "3"]);
});

test("a rotated secret overlaps with the old one, then stands alone", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const { id, secrets } = await rig.service.create({ url: to.url });
  const old = secrets[0]?.secret ?? "";
  const present = (await rig.service.rotate(id, { overlap: 60 * minute })).secrets[0]?.secret ?? "";
  await rig.tell(received("x", "1"));
  await rig.wait(60 * minute);
  await rig.tell(received("x", "2"));
  const verify = (secret: string, place: number) => {
    const { body = "", headers = {} } = to.all[place] ?? {};
    const sign = new Webhook(secret).sign(headers["webhook-id"] ?? "", new Date(stamp(headers)), body);
    return headers["webhook-signature"]?.split(" ").includes(sign);
  };
  expect([verify(old, 0), verify(present, 0), verify(old, 1), verify(present, 1)]).toEqual([true, true, false, true]);
});

test("a WEBHOOK_SECRET that is replaced signs beside the new one for a day", async () => {
  const to = receiver();
  const rig = await Rig.start({ urls: [to.url], secret: "the secret of before" });
  await rig.stop();
  await rig.start({ urls: [to.url], secret: "the secret of today" });
  await rig.tell(received("x", "1"));
  await rig.wait(day);
  await rig.tell(received("x", "2"));
  expect(to.all.map(({ headers }) => headers["webhook-signature"]?.split(" ").length)).toEqual([2, 1]);
  const { body = "", headers = {} } = to.all[0] ?? {};
  for (const secret of ["the secret of before", "the secret of today"]) {
    expect(new Webhook(secret, { format: "raw" }).verify(body, headers)).toMatchObject({ type: "message.received" });
  }
});

test("changes at once do not undo each other, and a removed webhook does not come back by one", async () => {
  const rig = await Rig.start();
  const { id, secrets } = await rig.service.create({ url: "http://127.0.0.1:1/" });
  await Promise.all([
    rig.service.rotate(id, {}),
    rig.service.change(id, { url: "http://127.0.0.1:2/" }),
    rig.service.change(id, { description: "orders" }),
    rig.service.pause(id),
  ]);
  const changed = rig.service.get(id);
  expect(changed).toMatchObject({ url: "http://127.0.0.1:2/", description: "orders", state: "paused" });
  expect(changed.secrets.map(({ secret }) => secret === secrets[0]?.secret)).toEqual([false, true]);
  expect(await rig.store.endpoints.list()).toEqual([changed]);
  const [, late] = await Promise.all([rig.service.remove(id), refusal(rig.service.change(id, { events: ["*"] }))]);
  expect(late).toStartWith("not_found: ");
  expect([rig.service.list(), await rig.store.endpoints.list()]).toEqual([[], []]);
});

test("who asks to be left alone is, though another chat is taken meanwhile", async () => {
  const release = Promise.withResolvers<void>();
  const to = receiver(async ({ event: { seq } }) => {
    if (seq === 1 && to.all.length === 0) return new Response("", { status: 429, headers: { "retry-after": "600" } });
    if (seq === 2) await release.promise;
    return new Response();
  });
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url });
  const [busy = ""] = await rig.record(received("x", "busy", "1"), received("y", "fine", "2"));
  while ((await rig.service.deliveries.history(id, busy)).attempts.length === 0)
    await new Promise((go) => setImmediate(go));
  release.resolve();
  await rig.courier.idle();
  expect(rig.service.get(id).failingSince).toBeNull();
  await rig.tell(received("z", "later", "3"));
  await rig.wait(599_999);
  expect(texts(to)).toEqual(["1", "2"]);
  await rig.wait(1);
  expect(texts(to).toSorted()).toEqual(["1", "1", "2", "3"]);
});

const stamp = (headers: Record<string, string>) => Number(headers["webhook-timestamp"]) * 1000;

test("410 disables with an event, a resume delivers what waited", async () => {
  let gone = true;
  const dead = receiver(() => new Response("", { status: gone ? 410 : 200 }));
  const watcher = receiver();
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: `${dead.url}?key=1`, events: ["message.*"] });
  await rig.service.create({ url: watcher.url, events: ["webhook.*"] });
  await rig.tell(received("x", "a", "1"), received("x", "b", "2"));
  expect(rig.service.get(id)).toMatchObject({ state: "disabled", reason: "it answered 410 Gone" });
  expect(watcher.events).toMatchObject([
    { type: "webhook.disabled", seq: null, device: null, data: { webhook_id: id, url: dead.url } },
  ]);
  await rig.tell(received("x", "c", "3"));
  await rig.wait(day);
  expect(dead.all).toHaveLength(1);
  gone = false;
  await rig.service.resume(id);
  await rig.courier.idle();
  expect(texts(dead)).toEqual(["1", "1", "2"]);
  const [event] = (await rig.store.ledger.after("d1", 2, 1)) as { id: string }[];
  expect(await rig.service.deliveries.history(id, event?.id ?? "")).toMatchObject({ fate: { subscribed: false } });
});

test("a webhook that moves begins anew: what waited is attempted there at once, unless it is paused", async () => {
  const rig = await Rig.start();
  const full = receiver(() => new Response(null, { status: 429, headers: { "retry-after": "3600" } }));
  const { id } = await rig.service.create({ url: full.url });
  await rig.tell(received("x", "1", "1"));
  await rig.wait(59 * minute);
  expect(rig.service.get(id).failingSince).not.toBe(null);
  const to = receiver();
  await rig.service.change(id, { url: to.url });
  await rig.courier.idle();
  expect([texts(to), rig.service.get(id).failingSince]).toEqual([["1"], null]);
  await rig.service.pause(id);
  await rig.tell(received("x", "2", "2"));
  const next = receiver();
  await rig.service.change(id, { url: next.url });
  await rig.courier.idle();
  expect(texts(next)).toEqual([]);
  await rig.service.resume(id);
  await rig.courier.idle();
  expect(texts(next)).toEqual(["2"]);
});

test("one that fails for five days is disabled, one that recovers is not", async () => {
  let fails = true;
  const to = receiver(() => new Response("", { status: fails ? 500 : 200 }));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url });
  await rig.tell(received("x", "1"));
  await rig.wait(4 * day);
  expect(rig.service.get(id).failingSince).not.toBeNull();
  fails = false;
  await rig.tell(received("y", "2"));
  expect(rig.service.get(id).failingSince).toBeNull();
  fails = true;
  await rig.tell(received("z", "3"));
  for (let days = 0; days < 6; days += 1) {
    await rig.tell(received(`z${days}`, "more"));
    await rig.wait(day);
  }
  expect(rig.service.get(id)).toMatchObject({ state: "disabled", reason: "every attempt of 5 days failed" });
});

test("a clock that is set disables nobody, a disk that refuses undoes no answer", async () => {
  let fails = true;
  const to = receiver(() => new Response("", { status: fails ? 500 : 200 }));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url });
  await rig.tell(received("x", "1"));
  rig.clock.jump(6 * day);
  await rig.tell(received("y", "2"));
  await rig.stop();
  await rig.start();
  await rig.tell(received("z", "3"));
  expect(rig.service.get(id)).toMatchObject({ state: "active", failingSince: expect.any(Number) });
  fails = false;
  rig.store.endpoints.failing = () => Promise.reject(new Failure("unavailable", "The disk is full."));
  const [event = ""] = await rig.tell(received("w", "4"));
  expect(await rig.service.deliveries.history(id, event)).toMatchObject({ fate: { delivery: { stage: "delivered" } } });
});

test("a test is one attempt outside everything", async () => {
  const to = receiver(() => new Response("no", { status: 418 }));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url, events: ["message.*"] });
  expect(await rig.service.test(id)).toMatchObject({ ok: false, status: 418, response: "no" });
  expect([to.events[0]?.type, rig.service.get(id).failingSince]).toEqual(["webhook.test", null]);
  expect(await rig.service.deliveries.list(id, unfiltered)).toEqual([]);
});

test("a test does not wait longer than a call of the API may take", async () => {
  const asked = Promise.withResolvers<void>();
  const to = receiver(() => (asked.resolve(), new Promise<Response>(() => {})));
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url });
  const outcome = rig.service.test(id);
  await asked.promise;
  rig.clock.wind(8_500);
  expect(await outcome).toMatchObject({ ok: false, error: "no answer within 8.5 s", duration: 8_500 });
});

test("a tenant sees its own webhooks only, and takes them along when it goes", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const desks = Object.fromEntries(["a", "b"].map((tenant) => [tenant, rig.deskOf(tenant)] as const));
  for (const id of ["a", "b"])
    await rig.store.tenants.create({ id, name: id, deviceLimit: null, limits: {}, mediaLinks: true, createdAt: 0 });
  const { id } = (await desks["a"]?.create({ url: to.url })) ?? { id: "" };
  const foreign = desks["b"] ?? rig.service;
  for (const call of [
    () => foreign.rotate(id, {}),
    () => foreign.deliveries.list(id, unfiltered),
    () => foreign.test(id),
  ]) {
    expect(await refusal(call())).toStartWith("not_found: ");
  }
  expect(foreign.list()).toEqual([]);
  await rig.store.tenants.remove("a");
  await rig.webhooks.reload();
  expect(desks["a"]?.list()).toEqual([]);
  await rig.store.tenants.create({
    id: "a",
    name: "another",
    deviceLimit: null,
    limits: {},
    mediaLinks: true,
    createdAt: 0,
  });
  await rig.store.ledger.announce("a", [connected()]);
  rig.courier.wake();
  await rig.courier.idle();
  expect(to.all).toEqual([]);
});

let count = 0;
function connected() {
  const data = { jid: "1@s.whatsapp.net", lid: null, phone_number: "1", name: null };
  return { type: "device.connected", at: 1, chat: null, once: `c${(count += 1)}`, data } as const;
}
