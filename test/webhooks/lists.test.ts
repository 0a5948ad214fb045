import { expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { verifyEvents, verifyWebhook } from "../../clients/typescript/src/index.ts";
import type { BotEvent } from "../../src/core/model/events/events.ts";
import type { WebhookDraft } from "../../src/core/webhooks/webhook-draft.ts";
import type { Receiver } from "../receiver.ts";
import { received } from "../store/house.ts";
import { receiver, Rig, unfiltered } from "./rig.ts";

/** Ids of what people wrote, list by list. */
const lists = ({ all }: Receiver) =>
  all.map(({ body }) => (JSON.parse(body) as BotEvent[]).map(({ data }) => (data as { id: string }).id));

/** `chat:id`. */
const said = (line: string) => received(line.split(":")[0] ?? "", line, line);

async function hooked(draft: Partial<WebhookDraft>, answer?: Receiver["answer"]) {
  const rig = await Rig.start();
  const hook = receiver(answer);
  const endpoint = await rig.service.create({ url: hook.url, events: ["message.*"], ...draft });
  const say = (...lines: string[]) => rig.tell(...lines.map(said));
  return { rig, hook, endpoint, say };
}

test("a batch goes when it is full, or when its first event has waited long enough, in the order of the log", async () => {
  const { rig, hook, say } = await hooked({ batch: { events: 3, wait_ms: 1_000 } });
  await say("x:1", "y:1");
  await rig.wait(999);
  expect(lists(hook)).toEqual([]);
  await say("x:2");
  await say("x:3");
  expect(lists(hook)).toEqual([["x:1", "y:1", "x:2"]]);
  await rig.wait(999);
  expect(lists(hook)).toHaveLength(1);
  await rig.wait(1);
  expect(lists(hook)[1]).toEqual(["x:3"]);
});

test("a list is signed as a whole; its id is that of its events", async () => {
  const { hook, endpoint, say } = await hooked({ batch: { events: 2 } });
  const ids = await say("x:1", "x:2");
  const [{ body, headers } = { body: "", headers: {} }] = hook.all;
  const verified = new Webhook(endpoint.secrets[0]?.secret ?? "").verify(body, headers) as BotEvent[];
  expect(verified.map(({ id }) => id)).toEqual(ids);
  const delivery = { secret: endpoint.secrets[0]?.secret ?? "", body, headers };
  expect((await verifyEvents(delivery)).map(({ id }) => id)).toEqual(ids);
  expect(verifyWebhook(delivery)).rejects.toThrow("use verifyEvents");
  expect(verifyEvents({ ...delivery, body: body.replace("x:1", "x:3") })).rejects.toThrow("No signature");
  expect(headers).toMatchObject({
    "webhook-id": expect.stringMatching(/^list_[0-9a-f]{32}$/),
    "x-webhook-event": "list",
  });
});

test("of a batch that fails each event comes again alone, in its chat's order: one that is refused holds no other", async () => {
  const { rig, hook, endpoint, say } = await hooked(
    { batch: { events: 4 } },
    ({ body }) => new Response(null, { status: body.includes("x:bad") ? 500 : 200 }),
  );
  await say("x:1", "x:bad", "x:3", "y:1");
  expect(lists(hook)).toEqual([["x:1", "x:bad", "x:3", "y:1"]]);
  await rig.settle();
  const again = lists(hook).slice(1);
  expect(again.every(({ length }) => length === 1)).toBe(true);
  expect(
    again
      .flat()
      .filter((id) => id !== "x:bad")
      .toSorted(),
  ).toEqual(["x:1", "x:3", "y:1"]);
  expect(again.flat().indexOf("x:1")).toBeLessThan(again.flat().indexOf("x:bad"));
  expect(again.flat().lastIndexOf("x:bad")).toBeLessThan(again.flat().indexOf("x:3"));
  const log = await rig.service.deliveries.list(endpoint.id, unfiltered);
  expect(log.map(({ delivery: { stage, attempts } }) => [stage, attempts]).toReversed()).toEqual([
    ["delivered", 2],
    ["dead", expect.any(Number)],
    ["delivered", 2],
    ["delivered", 2],
  ]);
});

test("a burst is what one chat wrote before it paused; chats do not wait for one another", async () => {
  const { rig, hook, say } = await hooked({ burst: { pause_ms: 3_000 } });
  await say("x:1");
  await rig.wait(2_000);
  await say("x:2", "y:1");
  await rig.wait(2_000);
  await say("y:2");
  await rig.wait(1_000);
  expect(lists(hook)).toEqual([["x:1", "x:2"]]);
  await rig.wait(2_000);
  expect(lists(hook)[1]).toEqual(["y:1", "y:2"]);
});

test("a chat that never pauses is told in time, and one that writes too much at once", async () => {
  const { rig, hook, say } = await hooked({ burst: { pause_ms: 1_000, longest_ms: 2_500, events: 5 } });
  for (const n of [1, 2, 3]) {
    await say(`x:${n}`);
    await rig.wait(900);
  }
  expect(lists(hook)).toEqual([["x:1", "x:2", "x:3"]]);
  await say(...Array.from({ length: 7 }, (_, n) => `y:${n}`));
  expect(lists(hook)[1]).toEqual(["y:0", "y:1", "y:2", "y:3", "y:4"]);
  await rig.settle();
  expect(lists(hook)[2]).toEqual(["y:5", "y:6"]);
});

test("what is no message waits only behind one, and comes in its place", async () => {
  const { rig, hook } = await hooked({ burst: { pause_ms: 1_000 } });
  const status = (chat: string, once: string) => {
    const data = { chat, id: once, status: "read", by: null } as never;
    return { type: "message.status", at: 1_000, chat, once, data } as const;
  };
  await rig.tell(status("x", "s1"));
  expect(lists(hook)).toEqual([["s1"]]);
  await rig.tell(said("x:1"), status("x", "s2"), said("x:2"));
  expect(lists(hook)).toHaveLength(1);
  await rig.wait(1_000);
  expect(lists(hook)[1]).toEqual(["x:1", "s2", "x:2"]);
});

test("a burst that fails comes again as one, with what was written meanwhile; after it is dead its chat goes on", async () => {
  let isDown = true;
  const { rig, hook, endpoint, say } = await hooked(
    { burst: { pause_ms: 1_000, events: 3 } },
    () => new Response(null, { status: isDown ? 400 : 200 }),
  );
  await say("x:1", "x:2");
  await rig.wait(1_000);
  await say("x:3", "x:4");
  await rig.wait(5_000);
  expect(lists(hook)).toEqual([
    ["x:1", "x:2"],
    ["x:1", "x:2", "x:3"],
  ]);
  const attempts = async (at: number) =>
    (await rig.service.deliveries.list(endpoint.id, unfiltered))[at]?.delivery.attempts;
  expect(await Promise.all([3, 2, 1, 0].map(attempts))).toEqual([2, 2, 1, 0]);
  isDown = false;
  await rig.settle();
  expect(lists(hook).slice(2)).toEqual([["x:1", "x:2", "x:3"], ["x:4"]]);
});

test("a webhook that is changed gathers by its new rule, and what waits is not lost", async () => {
  const { rig, hook, endpoint, say } = await hooked({ burst: { pause_ms: 60_000 } });
  await say("x:1", "x:2");
  await rig.service.change(endpoint.id, { burst: null });
  await rig.courier.idle();
  expect(hook.all.map(({ body }) => (JSON.parse(body) as BotEvent).data)).toMatchObject([{ id: "x:1" }, { id: "x:2" }]);
  const both = { batch: { events: 2 }, burst: { pause_ms: 200 } };
  expect(rig.service.change(endpoint.id, both)).rejects.toThrow("burst does not go with batch");
  expect(rig.service.change(endpoint.id, { batch: {}, replies: true })).rejects.toThrow("does not go with replies");
});

test("a webhook hears only of the kinds of chats that it names", async () => {
  const { hook, endpoint, rig } = await hooked({ chats: ["group"] });
  const [told, person, status] = await rig.tell(
    said("1@g.us:a"),
    said("628123456789@s.whatsapp.net:b"),
    said("status@broadcast:c"),
  );
  expect(hook.events.map(({ id }) => id)).toEqual([told ?? ""]);
  for (const id of [person, status]) {
    const { fate } = await rig.service.deliveries.history(endpoint.id, id ?? "");
    expect(fate).toMatchObject({ subscribed: false, reason: expect.stringContaining("its chats are group") });
  }
});

test("a webhook hears only of devices whose group it names, whichever group they are in when something happens", async () => {
  const { hook, endpoint, rig } = await hooked({ device_groups: ["jakarta", "medan"], events: ["*"] });
  let group: string | null = "bandung";
  rig.webhooks.groupWith((tenant, device) => (tenant === "default" && device === "d1" ? group : null));
  const [before] = await rig.tell(said("x:1"));
  group = "jakarta";
  const [told] = await rig.tell(said("x:2"));
  group = null;
  await rig.tell(said("x:3"));
  const other = await rig.service.create({ url: hook.url, events: ["message.*"] });
  await rig.webhooks.disable(other.id, "for this test"); // it is told of no device
  await rig.courier.idle();
  expect(hook.events.map(({ id }) => id)).toEqual([told ?? ""]);
  const { fate } = await rig.service.deliveries.history(endpoint.id, before ?? "");
  expect(fate).toMatchObject({
    subscribed: false,
    reason: expect.stringContaining("groups of devices are jakarta, medan"),
  });

  // What was missed is chosen by the group of now.
  const everything = { since: 0, until: rig.clock.now(), stages: [], missing: true };
  expect((await rig.service.deliveries.allAgain(endpoint.id, everything)).count).toBe(0);
  group = "medan";
  expect((await rig.service.deliveries.allAgain(endpoint.id, everything)).count).toBe(2);

  await rig.stop();
  await rig.start();
  expect(rig.service.get(endpoint.id).deviceGroups).toEqual(["jakarta", "medan"]);
  expect((await rig.service.change(endpoint.id, { device_groups: null })).deviceGroups).toBeNull();
  for (const groups of [[], ["two words"]])
    expect(rig.service.change(endpoint.id, { device_groups: groups })).rejects.toThrow(
      "device_groups takes 1 to 1000 groups",
    );
});
