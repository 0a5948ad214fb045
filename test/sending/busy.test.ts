import { expect, test } from "bun:test";
import { busyHour } from "./busy.ts";

test("a WhatsApp that is busy every now and then loses, doubles and disorders nothing", async () => {
  const messages = 240;
  const { mostAsked, lateSeconds, ...result } = await busyHour({ messages, minutes: 10, faults: 4, seed: 7 });
  expect(result).toEqual({ sent: messages, arrived: messages, failed: 0, doubled: 0, disordered: 0 });
  expect(lateSeconds).toBeLessThan(15 * 60);
  expect(mostAsked).toBeLessThanOrEqual(1);
}, 60_000);
