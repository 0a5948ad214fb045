import { expect, test } from "bun:test";
import { queueClasses, type QueueClass } from "../../src/core/model/queue-class.ts";
import { classOrder } from "../../src/core/policy/queue-turns.ts";

/** What leaves in so many turns when every class named always has something. */
function leaves(busy: readonly QueueClass[], turns = 400): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < turns; turn++) {
    const first = classOrder(turn).find((each) => busy.includes(each)) ?? "none";
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

test("answers go first, then single messages, then bulks, and none starves", () => {
  expect(leaves(queueClasses)).toEqual({ reply: 280, single: 80, bulk: 40 });
  expect(leaves(["single", "bulk"])).toEqual({ single: 360, bulk: 40 });
  expect(leaves(["reply", "bulk"])).toEqual({ reply: 360, bulk: 40 });
  expect(leaves(["bulk"])).toEqual({ bulk: 400 });
});

test("a single message waits for one turn of a bulk at most", () => {
  for (let turn = 0; turn < 100; turn++) {
    const firsts = [classOrder(turn), classOrder(turn + 1)].map((order) => order.filter((each) => each !== "reply")[0]);
    expect(firsts).toContain("single");
  }
});
