import { expect, test } from "bun:test";
import { Traces, type TraceEntry } from "../../src/core/trace/traces.ts";
import { HandClock } from "../clock.ts";

const stanza = (id: number) => ({ tag: "message", attrs: { id: String(id) } });

async function all(entries: AsyncGenerator<TraceEntry, void>, count: number): Promise<TraceEntry[]> {
  const found: TraceEntry[] = [];
  for await (const entry of entries) if (found.push(entry) === count) break;
  return found;
}

test("a device is tapped while somebody records it, and no other one is", async () => {
  const clock = new HandClock();
  const traces = new Traces(clock);
  const over = new AbortController();
  expect(traces.has("a")).toBe(false);
  const entries = traces.record("a", over.signal);
  expect([traces.has("a"), traces.has("b")]).toEqual([true, false]);
  clock.wind(1_500);
  traces.stanza("a", stanza(1), []);
  traces.stanza("b", stanza(2), []);
  traces.message("a", "1", [[1, 4]]);
  expect(await all(entries, 2)).toEqual([
    { at: 1_500, stanza: { tag: "message", attrs: { id: "{digits:1#1}" } } },
    { at: 1_500, id: "{digits:1#1}", fields: [[1, 4]] },
  ]);
  over.abort();
  expect(traces.has("a")).toBe(false);
});

test("eight traces at once and no more", () => {
  const traces = new Traces(new HandClock());
  const over = new AbortController();
  for (let at = 0; at < 8; at++) traces.record(`device-${at % 3}`, over.signal);
  expect(() => traces.record("another", over.signal)).toThrow("8 traces are being recorded; end one of them first.");
  over.abort();
  expect(() => traces.record("another", new AbortController().signal)).not.toThrow();
});

test("who reads too slowly misses some, and is told how many", async () => {
  const traces = new Traces(new HandClock());
  const entries = traces.record("a", new AbortController().signal);
  for (let at = 0; at < 5_002; at++) traces.stanza("a", stanza(at), []);
  const found = await all(entries, 5_001);
  expect(found.filter((entry) => "stanza" in entry).length).toBe(5_000);
  expect(found.at(-1)).toEqual({ at: 0, lost: 2 });
});
