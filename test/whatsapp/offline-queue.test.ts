import { expect, test } from "bun:test";
import { OfflineQueue } from "../../src/whatsapp/inbound/offline-queue.ts";
import { HandClock } from "../clock.ts";

const ib = (tag: string, count: number) => ({
  tag: "ib",
  attrs: { from: "s.whatsapp.net" },
  content: [{ tag, attrs: { count: String(count) } }],
});
const queued = (offline: string) => ({ tag: "message", attrs: { id: "X", offline } });

interface ServerHabits {
  waiting: number;
  largest: number;
  announces?: number;
  ends?: boolean;
}

/** A server that hands out `largest` at a time and `announces` a number; `ends` it as WhatsApp usually does. */
function served({ waiting, largest, announces = waiting, ends = true }: ServerHabits) {
  const clock = new HandClock();
  const asked: number[] = [];
  const stalls: unknown[] = [];
  let left = waiting;
  const hand = (most: number): void => {
    for (let count = 0; count < most && left > 0; count++, left--) queue.heard(queued(String(count)));
    if (left === 0 && ends) queue.heard(ib("offline", waiting));
  };
  const queue: OfflineQueue = new OfflineQueue(clock, {
    ask: (count) => {
      asked.push(count);
      clock.after(10, () => hand(Math.min(count, largest)));
    },
    stalled: (figures) => stalls.push(figures),
  });
  queue.heard(ib("offline_preview", announces));
  hand(5);
  return { queue, clock, asked, stalls, left: () => left };
}

test.each([
  [300, 5],
  [300, 200],
  [711, 200],
  [1, 200],
])("a queue of %d comes whole in batches of %d", (waiting, largest) => {
  const { queue, clock } = served({ waiting, largest });
  clock.wind(30_000);
  expect(queue.figures).toEqual({ state: "complete", announced: waiting, received: waiting });
  expect(clock.next()).toBeNull();
});

test("each batch is asked for once, a moment after the first of the one before", () => {
  const { clock, asked } = served({ waiting: 600, largest: 200 });
  expect(asked).toEqual([200]);
  clock.wind(99);
  expect(asked).toEqual([200]);
  clock.wind(11);
  expect(asked).toEqual([200, 200]);
});

test("a server that never ends the queue is left alone once all that it announced is here", () => {
  const { queue, clock, stalls } = served({ waiting: 300, largest: 200, ends: false });
  clock.wind(120_000);
  expect(queue.figures).toEqual({ state: "complete", announced: 300, received: 300 });
  expect(stalls).toEqual([]);
  expect(clock.next()).toBeNull();
});

test("what was announced and does not come is told once, and asked for on", () => {
  const { queue, clock, stalls, asked } = served({ waiting: 40, largest: 200, announces: 300, ends: false });
  clock.wind(59_000);
  expect(stalls).toEqual([]);
  clock.wind(30_000);
  expect(stalls).toEqual([{ state: "stalled", announced: 300, received: 40 }]);
  const before = asked.length;
  clock.wind(60_000);
  expect(asked.length).toBe(before + 1);
  expect(stalls.length).toBe(1);
  queue.heard(queued("0"));
  expect(queue.figures.state).toBe("pulling");
  queue.stop();
  expect(clock.next()).toBeNull();
});

test("a second preview within a second adds to the first; nothing announced is nothing asked for", () => {
  const { queue } = served({ waiting: 5, largest: 200, ends: false });
  queue.heard(ib("offline_preview", 7));
  expect(queue.figures.announced).toBe(12);
  queue.stop();
  const none = served({ waiting: 0, largest: 200 });
  expect(none.asked).toEqual([]);
});
