import { expect, test } from "bun:test";
import { Taps, type TraceEntry } from "../../src/core/trace/taps.ts";
import { HandClock } from "../clock.ts";

const stanza = (id: number) => ({ tag: "message", attrs: { id: String(id) } });

async function all(entries: AsyncGenerator<TraceEntry, void>, count: number): Promise<TraceEntry[]> {
  const found: TraceEntry[] = [];
  for await (const entry of entries) if (found.push(entry) === count) break;
  return found;
}

test("a device is tapped while somebody records it, and no other one is", async () => {
  const clock = new HandClock();
  const taps = new Taps(clock);
  const over = new AbortController();
  expect(taps.has("a")).toBe(false);
  const entries = taps.record("a", over.signal);
  expect([taps.has("a"), taps.has("b")]).toEqual([true, false]);
  clock.wind(1_500);
  taps.stanza("a", stanza(1), []);
  taps.stanza("b", stanza(2), []);
  taps.message("a", "1", [[1, 4]]);
  expect(await all(entries, 2)).toEqual([
    { at: 1_500, stanza: { tag: "message", attrs: { id: "{digits:1#1}" } } },
    { at: 1_500, id: "{digits:1#1}", fields: [[1, 4]] },
  ]);
  over.abort();
  expect(taps.has("a")).toBe(false);
});

test("eight traces at once and no more", () => {
  const taps = new Taps(new HandClock());
  const over = new AbortController();
  for (let at = 0; at < 8; at++) taps.record(`device-${at % 3}`, over.signal);
  expect(() => taps.record("another", over.signal)).toThrow("8 traces are being recorded; end one of them first.");
  over.abort();
  expect(() => taps.record("another", new AbortController().signal)).not.toThrow();
});

test("who reads too slowly misses some, and is told how many", async () => {
  const taps = new Taps(new HandClock());
  const entries = taps.record("a", new AbortController().signal);
  for (let at = 0; at < 5_002; at++) taps.stanza("a", stanza(at), []);
  const found = await all(entries, 5_001);
  expect(found.filter((entry) => "stanza" in entry).length).toBe(5_000);
  expect(found.at(-1)).toEqual({ at: 0, lost: 2 });
});
