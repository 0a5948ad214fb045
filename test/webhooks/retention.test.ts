import { expect, test } from "bun:test";
import { Janitor, type JanitorOptions } from "../../src/core/janitor.ts";
import { silent } from "../log.ts";
import type { Receiver } from "../receiver.ts";
import { qr, raw, received } from "../store/house.ts";
import { receiver, Rig } from "./rig.ts";

const day = 24 * 3_600_000;
/** What composition does. */
async function sweep({ store, clock, courier, targets, webhooks }: Rig, changes: Partial<JanitorOptions> = {}) {
  const bounds = { maxAge: 30 * day, maxBytes: 1e12 };
  const ports = { retention: store.retention, clock, log: silent, due: courier.now, owedTo: () => targets.names() };
  const acts = { tell: webhooks.deadLetter.bind(webhooks), pruned: () => courier.reload() };
  const rows = await new Janitor({ ...bounds, ...ports, ...acts, ...changes }).sweep();
  await courier.idle();
  return rows;
}

const said = ({ events }: Receiver) =>
  events.filter(({ type }) => type === "message.received").map(({ data }) => (data as { id: string }).id);
const burials = ({ events }: Receiver) => events.filter(({ type }) => type === "webhook.dead_lettered");

test("what is owed to a paused webhook outlives every age, and comes in order when it is resumed", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url, events: ["message.*"] });
  await rig.service.pause(id);
  await rig.tell(received("x", "a", "1"), received("x", "b", "2"), received("y", "c", "3"));
  await rig.wait(90 * day);
  expect(await sweep(rig)).toBe(0);
  await rig.service.resume(id);
  await rig.courier.idle();
  expect(said(to).toSorted()).toEqual(["1", "2", "3"]);
  expect(said(to).indexOf("1")).toBeLessThan(said(to).indexOf("2"));
  expect(await sweep(rig)).toBe(3);
});

test("what waits for a disabled webhook goes with its age, and that is told", async () => {
  const [to, watcher] = [receiver(), receiver()];
  const rig = await Rig.start();
  await rig.service.create({ url: watcher.url, events: ["webhook.dead_lettered"] });
  const { id } = await rig.service.create({ url: `${to.url}?key=1`, events: ["message.*"] });
  await rig.service.pause(id);
  const ids = await rig.tell(received("x", "a", "1"), received("x", "b", "2"));
  await rig.webhooks.disable(id, "it answered 410 Gone");
  await rig.wait(31 * day);
  expect(await sweep(rig)).toBe(3); // and webhook.disabled
  expect(burials(watcher)).toMatchObject([
    { data: { webhook_id: id, url: to.url, count: 2, reason: "it was too old: EVENT_RETENTION_DAYS", event_ids: ids } },
  ]);
  await sweep(rig);
  expect(burials(watcher)).toHaveLength(1);
  await rig.service.resume(id);
  await rig.tell(received("x", "c", "3")); // nothing of its chat stands in the way
  expect(said(to)).toEqual(["3"]);
});

test("where there is no room the oldest go, owed or not; that is told once, and their chats go on", async () => {
  const [to, watcher] = [receiver(), receiver()];
  const rig = await Rig.start();
  await rig.service.create({ url: watcher.url, events: ["webhook.dead_lettered"] });
  const { id } = await rig.service.create({ url: to.url, events: ["message.*"] });
  await rig.service.pause(id);
  const text = "y".repeat(2_000);
  for (let batch = 0; batch < 20; batch += 1) {
    await rig.record(...Array.from({ length: 100 }, (_, n) => received(`chat${n % 7}`, text, `m${batch * 100 + n}`)));
  }
  expect(await sweep(rig, { maxBytes: 3_000_000 })).toBe(1_500);
  const reason = "there was no room for it: EVENT_RETENTION_MB";
  expect(burials(watcher)).toMatchObject([{ data: { webhook_id: id, count: 1_500, reason } }]);
  await rig.service.resume(id);
  await rig.courier.idle();
  expect(new Set(said(to))).toEqual(new Set(Array.from({ length: 500 }, (_, n) => `m${1_500 + n}`)));
});

test("a large history of chats does not cost events that are owed", async () => {
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: "http://127.0.0.1:1/", events: ["message.*"] });
  await rig.service.pause(id);
  await rig.record(received("x", "a", "1"));
  const wire = new Uint8Array(4_000);
  const content = { kind: "text", text: "hello" } as const;
  const one = {
    chat: "x",
    sender: "x",
    fromMe: false,
    pushName: null,
    at: rig.clock.now(),
    content,
    context: {},
    wire,
  };
  const history = Array.from({ length: 1_000 }, (_, n) => ({ type: "said" as const, said: { ...one, id: `h${n}` } }));
  await rig.store.ledger.record(rig.hold, { events: [], history });
  expect(await sweep(rig, { maxBytes: 2_000_000 })).toBeGreaterThanOrEqual(500);
  const left = (table: string) => raw(rig.dir).query(`SELECT count(*) AS n FROM ${table}`).get();
  expect([left("event"), left("said")]).toEqual([{ n: 1 }, { n: expect.any(Number) }]);
});

test("a QR code that goes while its webhook is paused does not stop the next", async () => {
  const to = receiver();
  const rig = await Rig.start();
  const { id } = await rig.service.create({ url: to.url, events: ["device.qr"] });
  await rig.service.pause(id);
  await rig.record({ ...qr("old"), at: rig.clock.now() });
  await rig.wait(9 * 60_000);
  await rig.record({ ...qr("behind it"), at: rig.clock.now() });
  await rig.wait(2 * 60_000);
  await sweep(rig);
  await rig.service.resume(id);
  await rig.tell({ ...qr("now"), at: rig.clock.now() });
  expect(to.events.map(({ data }) => (data as { qr: string }).qr)).toEqual(["now"]);
});

test("an event that is given up is told to other webhooks, once, and no burial is told of a burial", async () => {
  const watcher = receiver();
  const to = receiver();
  to.answer = ({ event }) => new Response("", { status: event.type === "message.received" ? 500 : 200 });
  const rig = await Rig.start();
  await rig.service.create({ url: watcher.url, events: ["webhook.dead_lettered"] });
  const { id } = await rig.service.create({ url: to.url, events: ["message.*", "webhook.*"] });
  const [poison = ""] = await rig.tell(received("x", "bad", "1"));
  await rig.settle();
  const reason = "8 attempts failed";
  expect(burials(watcher)).toMatchObject([{ data: { webhook_id: id, count: 1, reason, event_ids: [poison] } }]);
  expect(burials(to)).toHaveLength(1);
  to.answer = () => new Response("", { status: 500 });
  await rig.tell(received("x", "bad", "2"));
  await rig.settle();
  await rig.settle();
  expect(burials(watcher)).toHaveLength(2);
});
