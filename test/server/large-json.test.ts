import { expect, test } from "bun:test";
import { inBase64 } from "../../src/core/media/file-source.ts";
import { JsonBudget } from "../../src/server/json-budget.ts";
import { LargeJson } from "../../src/server/large-json.ts";
import { startBot } from "../harness.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const type = "application/json";
/** Cut, as bodies come. */
const cut = (whole: Uint8Array<ArrayBuffer>) => [whole.subarray(0, 1_000), whole.slice(1_000)];
const large = (word: string) => bytes(JSON.stringify({ word, filler: "a".repeat(300_000) }));

test("large bodies are parsed one after the other, and others have their turns between two", async () => {
  const json = new LargeJson();
  const seen: string[] = [];
  const note = (what: string) => () => void seen.push(what);
  setTimeout(note("another's turn"), 0);
  const all = ["one", "two", "three"].map((word) => json.parsed([large(word)], type).then(note(word)));
  await json.parsed([bytes("{}")], type).then(note("a small one"));
  await Promise.all(all);
  expect(seen.filter((what) => what !== "another's turn")).toEqual(["a small one", "one", "two", "three"]);
  expect(seen.indexOf("another's turn")).toBeLessThan(seen.indexOf("two"));
});

test("one that is no JSON says so and holds up nobody", async () => {
  const json = new LargeJson();
  const broken = json.parsed([bytes(`{"a":"${"a".repeat(300_000)}`)], type);
  const whole = json.parsed([large("whole")], type);
  await expect(broken).rejects.toThrow("The body is not valid JSON.");
  expect(await whole).toMatchObject({ value: { word: "whole" } });
});

test("what takes tens of milliseconds is parsed in a thread, and is what it would be here", async () => {
  const json = new LargeJson();
  const value = {
    text: "a\ud83d\ude00\u00e9\u0000",
    lone: "\ud800",
    deep: [[{ a: [null, true, -0.5, 1e21] }]],
    base64: "A".repeat(2_000_000),
  };
  const text = `{"twice":1,"twice":2,${JSON.stringify(value).slice(1)}`;
  expect(await json.parsed(cut(bytes(text)), type)).toEqual({ value: JSON.parse(text) });
  const latin = Uint8Array.from([...bytes('{"a":"'), 0xe9, ...bytes(`${"b".repeat(1_100_000)}"}`)]);
  expect(await json.parsed(cut(latin), `${type}; charset=iso-8859-1`)).toEqual({
    value: { a: `é${"b".repeat(1_100_000)}` },
  });
  expect(await json.parsed(cut(latin), type).catch((error: Error) => error.message)).toStartWith(
    "The body is not valid UTF-8",
  );
  expect(
    await json.parsed(cut(bytes(`[${"1,".repeat(600_000)}`)), type).catch((error: Error) => error.message),
  ).toStartWith("The body is not valid JSON.");
  // The event loop is this thread's: nothing of the length of the body is left to do in it.
  let turns = 0;
  const turn = (): void => void setImmediate(() => ((turns += 1), turns < 1_000 && turn()));
  turn();
  await json.parsed(cut(bytes(text)), type);
  expect(turns).toBeGreaterThan(5);
  json.close();
});

test("base64 is decoded in slices, whatever stands between its characters", async () => {
  const file = Buffer.from(Array.from({ length: 700_000 }, (_, at) => (at * 7) % 251));
  const forms = [
    file.toString("base64"),
    file.toString("base64url"),
    file.toString("base64").replace(/.{76}/g, "$&\r\n"),
    `${file.toString("base64")}\n`,
  ];
  for (const text of forms) {
    const parts: Uint8Array[] = [];
    for await (const part of inBase64(text).bytes) parts.push(part);
    expect(Buffer.concat(parts).equals(file)).toBe(true);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(200_000);
  }
});

const slice = 256 * 1024;
test.each([
  ["two ends", `${"A".repeat(slice - 2)}==AAAA`],
  ["another character behind a slice", `${"A".repeat(slice)}é`],
  ["one character too many", "A".repeat(slice + 1)],
  ["an end alone", "===="],
])("base64 with %s is refused", async (_, text) => {
  const read = async () => {
    for await (const part of inBase64(text).bytes) expect(part.length).toBeLessThanOrEqual(slice);
  };
  await expect(read()).rejects.toThrow("it is no base64, or not the whole of it.");
});

test("what counts of JSON is the same wherever it is cut", () => {
  const text = bytes('{"a\\"[":"\\\\","b":["\\\\\\"",1],"c":"[{,:"}');
  for (let cut = 0; cut <= text.length; cut++) {
    const read = (most: number) => {
      const budget = new JsonBudget(most);
      budget.take(text.subarray(0, cut));
      budget.take(text.subarray(cut));
    };
    read(8);
    expect(() => read(7)).toThrow("more values");
  }
});

test("a file of megabytes in JSON is sent as it is", async () => {
  await using bot = await startBot();
  await bot.link();
  const file = Buffer.alloc(5_000_000, "words of a document ");
  const content = { kind: "document", base64: file.toString("base64"), name: "long.txt" };
  const path = "/v1/devices/default/messages";
  const answer = await bot.call("POST", path, { to: "628123456789", content });
  const { data } = (await answer.json()) as { data: { id: string } };
  expect(answer.status).toBe(202);
  const heard = await bot.contact().hears(({ id }) => id === data.id);
  expect(bot.contact().opens(heard).equals(file)).toBe(true);
  const stray = await bot.call("POST", path, { to: "628123456789", text: "hi", contents: "a".repeat(300_000) });
  expect([stray.status, await stray.text()]).toEqual([400, expect.stringContaining("contents")]);
});
