import { expect, test } from "bun:test";
import { EventLog, type StreamedEvent } from "../../src/core/delivery/event-log.ts";
import type { BotEvent, NewEvent } from "../../src/core/model/events/events.ts";
import { Feed } from "../../src/core/delivery/feed.ts";
import { held, house, qr, raw, received, refusal } from "../store/house.ts";

const everything = { types: null, devices: null };
const textsOf = (events: readonly BotEvent[]) => events.map(({ id, data }) => (data as { id?: string }).id ?? id);

async function log() {
  const { store, dir } = await house();
  const hold = await held(store);
  const feed = new Feed(reportError);
  const listen = (hear: (event: BotEvent) => void) => feed.listen(({ event }) => hear(event));
  const reader = new EventLog(
    store.ledger,
    { tenant: "default", key: "k", scopes: ["read", "manage"], devices: null },
    listen,
  );
  const say = async (...events: NewEvent[]) =>
    feed.publish("default", (await store.ledger.record(hold, { events })).events);
  return { store, dir, hold, reader, say };
}

test("pages follow each other, and an idle reader's cursor keeps up", async () => {
  const { reader, say, dir } = await log();
  await say(received("x", "", "1"), received("x", "", "2"), received("y", "", "3"));
  const first = await reader.page(null, everything, 2);
  expect(textsOf(first.events)).toEqual(["1", "2"]);
  const second = await reader.page(first.cursor, everything, 2);
  expect(textsOf(second.events)).toEqual(["3"]);
  const filtered = { types: ["device.connected" as const], devices: null };
  const idle = await reader.page(second.cursor, filtered, 2);
  await say(received("x", "", "4"));
  raw(dir).run("DELETE FROM event WHERE seq <= 3; UPDATE pruned SET place = 3");
  expect((await reader.page(idle.cursor, filtered, 2)).events).toEqual([]);
  expect(textsOf((await reader.page(second.cursor, everything, 2)).events)).toEqual(["4"]);
  expect(await refusal(reader.page(first.cursor, everything, 2))).toStartWith("gone: ");
  expect(await refusal(reader.page("what?", everything, 2))).toStartWith("invalid: ");
  expect(await refusal(reader.page(btoa("1:9"), everything, 2))).toStartWith("gone: This cursor is of another log");
});

test("a follower gets everything once, from the past into the present, live events beside", async () => {
  const { reader, say } = await log();
  await say(...Array.from({ length: 450 }, (_, n) => received("x", "", String(n))));
  const start = await reader.page(null, everything, 1);
  const gone = new AbortController();
  const seen: StreamedEvent[] = [];
  const heard = Promise.withResolvers<void>();
  const following = (async () => {
    for await (const event of reader.follow(start.cursor, everything, gone.signal)) {
      seen.push(event);
      if (seen.length === 449) await say(received("x", "", "450"), qr("fresh"), received("x", "", "451"));
      if (seen.length === 452) heard.resolve();
    }
  })();
  await heard.promise;
  gone.abort();
  await following;
  const logged = seen.filter(({ cursor }) => cursor !== null).map(({ event }) => event);
  expect(textsOf(logged)).toEqual(Array.from({ length: 451 }, (_, n) => String(n + 1)));
  expect(seen.filter(({ cursor }) => cursor === null).map(({ event }) => event.type)).toEqual(["device.qr"]);
});
