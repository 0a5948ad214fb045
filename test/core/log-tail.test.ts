import { expect, test } from "bun:test";
import { type LogLevel, LogTail } from "../../src/core/base/log-tail.ts";

const line = (message: string, level: LogLevel = "info") => ({ at: 0, level, message, fields: {} });
const everything = { level: "debug", after: null } as const;
const said = (tail: LogTail, level: LogLevel = "debug", after: string | null = null, limit = 500) =>
  tail.latest({ level, after }, limit).lines.map(({ message }) => message);

function tailOf(...messages: string[]): LogTail {
  const tail = new LogTail();
  for (const message of messages) tail.add(line(message), 10);
  return tail;
}

test("the last lines, oldest first, by level and behind a line", () => {
  const tail = tailOf("one", "two");
  tail.add(line("three", "warn"), 10);
  expect(said(tail)).toEqual(["one", "two", "three"]);
  expect(said(tail, "warn")).toEqual(["three"]);
  expect(said(tail, "debug", null, 2)).toEqual(["two", "three"]);
  const [, second] = tail.latest(everything, 500).lines;
  expect(said(tail, "debug", second?.id ?? "")).toEqual(["three"]);
  const { cursor } = tail.latest(everything, 1);
  expect(said(tail, "debug", cursor)).toEqual([]);
  tail.add(line("four"), 10);
  expect(said(tail, "debug", cursor)).toEqual(["four"]);
});

test("an id of an earlier run, or one that is none, hides nothing", () => {
  const before = tailOf("one", "two", "three").latest(everything, 1).cursor;
  expect(said(tailOf("anew"), "debug", before)).toEqual(["anew"]);
  expect(said(tailOf("anew"), "debug", "what?")).toEqual(["anew"]);
});

test("it is bounded, by lines and by what they weigh", () => {
  const tail = new LogTail();
  for (let number = 0; number < 5_000; number++) tail.add(line(String(number)), 10);
  expect(said(tail, "debug", null, 5_000)).toHaveLength(2_000);
  tail.add(line("heavy"), 2 ** 20 - 100);
  expect(said(tail).at(-1)).toBe("heavy");
  expect(said(tail, "debug", null, 5_000)).toHaveLength(11);
  tail.add(line("too heavy"), 2 ** 21);
  expect(said(tail)).toEqual([]);
  tail.add(line("light"), 10);
  expect(said(tail)).toEqual(["light"]);
});

test("whoever follows hears what is kept and what comes, until they go", async () => {
  const tail = tailOf("one");
  tail.add(line("noise", "debug"), 10);
  const leaving = new AbortController();
  const lines = tail.follow({ level: "info", after: null }, leaving.signal);
  const next = async () => (await lines.next()).value?.message;
  expect(await next()).toBe("one");
  const coming = next();
  tail.add(line("more noise", "debug"), 10);
  tail.add(line("two"), 10);
  expect(await coming).toBe("two");
  const never = lines.next();
  leaving.abort();
  expect((await never).done).toBeTrue();
});
