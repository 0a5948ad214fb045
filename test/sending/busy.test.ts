import { describe, expect, test } from "bun:test";
import { busyHour } from "./busy.ts";

test("a WhatsApp that is busy every now and then loses, doubles and disorders nothing", async () => {
  const messages = 240;
  const { mostAsked, lateSeconds, ...result } = await busyHour({ messages, minutes: 10, faults: 4, seed: 7 });
  expect(result).toEqual({ sent: messages, arrived: messages, failed: 0, doubled: 0, disordered: 0 });
  expect(lateSeconds).toBeLessThan(15 * 60);
  expect(mostAsked).toBeLessThanOrEqual(1);
}, 60_000);

describe("the control, Baileys as it is usually wired", () => {
  const size = { messages: 120, minutes: 5, seed: 7, control: true };

  test("brings everything to a WhatsApp that is never busy", async () => {
    const { sent, arrived, failed } = await busyHour({ ...size, faults: 0 });
    expect({ sent, arrived, failed }).toEqual({ sent: 120, arrived: 120, failed: 0 });
  }, 60_000);

  test("loses messages to one that is", async () => {
    const { sent, arrived, failed } = await busyHour({ ...size, faults: 2 });
    expect(arrived).toBeLessThan(sent);
    expect(failed).toBeGreaterThan(0);
  }, 60_000);
});
