import { expect, test } from "bun:test";
import { FieldCleaner } from "../src/log/fields.ts";
import { longestText, scrub } from "../src/log/scrub.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

test.each([
  ["628123456789@s.whatsapp.net", "…@s.whatsapp.net"],
  ["628123456789:12@s.whatsapp.net", "…@s.whatsapp.net"],
  ["123456789012345:3@lid", "…@lid"],
  ["628123456789-1531415926@g.us left", "…@g.us left"],
  ["120363021033254949@newsletter", "…@newsletter"],
  ["+628123456789", "…"],
  ["no answer from 628123456789.", "no answer from …."],
  ["mp_abcdefghijklmnop and mp_abc", "mp_… and mp_abc"],
  ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_…"],
  ['no route to a"b', "no route to …"],
  ["3EB0123456789012ABCD, 2026-01-01T00:00:00.000Z", "3EB0123456789012ABCD, 2026-01-01T00:00:00.000Z"],
  [`${"1".repeat(60_000)}628123456789@s.whatsapp.net`, "……"],
  [`${"x ".repeat(longestText / 2 - 2)}628123456789`, `${"x ".repeat(longestText / 2 - 2)}……`],
  [`${"x".repeat(longestText - 2)} mp_abcdefghijklmnop`, `${"x".repeat(longestText - 2)} mp_……`],
])("text %# is written clean", (text, clean) => {
  expect(scrub(text, ['a"b'])).toBe(clean);
});

test("whatever stands in the fields, they become small, plain and clean", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  const hostile = new Proxy({}, { ownKeys: () => ["boom"], get: () => expect.unreachable() });
  const err = Object.assign(new Error("no such chat: 628123456789@s.whatsapp.net"), { code: "E", body: "a text" });
  const clean = new FieldCleaner([]).fields({
    ms: 1_795_184_068_123,
    loop,
    hostile,
    err,
    bytes: Buffer.alloc(9),
    many: Array.from({ length: 9_999 }, () => "x".repeat(9_999)),
    "628123456789": () => {},
  });
  expect(clean["ms"]).toBe(1_795_184_068_123);
  expect(clean["bytes"]).toBe("9 bytes");
  expect(clean["err"]).toMatchObject({ type: "Error", message: "no such chat: …@s.whatsapp.net", code: "E" });
  expect(JSON.stringify(clean)).not.toMatch(/628123456789|a text/);
  expect(JSON.stringify(clean).length).toBeLessThan(300_000);
});

interface Line {
  id: string;
  level: string;
  message: string;
}

/** What the admin reads of the log. */
async function read(bot: TestBot, query: string): Promise<{ data: Line[]; cursor: string }> {
  return (await (await bot.call("GET", `/v1/admin/logs?${query}`)).json()) as { data: Line[]; cursor: string };
}

/** Logs what it should not: who wrote. */
const careless = `export default { name: "careless", setup({ on, log }) {
  on("message.received", ({ chat, phone, reply }) => (log.info("heard", { chat, phone, key: "${adminKey}" }), reply("noted")));
} };`;

test("a day in the life leaves no phone number, key or text in the log, nor in what the admin reads of it", async () => {
  let written = "";
  const out = { write: (line: string) => (written += line) };
  await using bot = await startBot({ env: { LOG_LEVEL: "debug" }, out });
  await bot.install("careless.ts", careless);
  await bot.link();
  const ann = bot.contact();
  await ann.says("a private word", { to: bot.phone });
  await ann.hears("noted");
  await bot.call("POST", "/api/send", { to: ann.number, message: "another private word" });
  await bot.call("GET", `/v1/devices/${ann.number}/health`);
  await bot.call("POST", "/v1/devices/default/messages", { to: "not a number", text: "a third private word" });
  await fetch(`${bot.url}/status`, { headers: { "x-api-key": "a wrong key" } });
  await bot.call("POST", "/connection/disconnect");
  const { data, cursor } = await read(bot, "limit=500");
  expect(data.map(({ message }) => message)).toContain("request refused");
  expect(written).toContain('"said":"heard"');
  const all = `${written}${JSON.stringify(data)}`;
  expect(written.split("\n").length).toBeGreaterThan(data.length);
  for (const secret of ["private word", ann.number, bot.phone.number, adminKey, "a wrong key"])
    expect(all).not.toContain(secret);

  await bot.call("GET", "/v1/nothing");
  const later = (await read(bot, `level=info&after=${cursor}`)).data;
  expect(later.map(({ level, message }) => [level, message])).toEqual([["info", "request refused"]]);
});

test("lines are streamed as they come, to the admin and to nobody else", async () => {
  await using bot = await startBot();
  const made = await bot.call("POST", "/v1/admin/keys", { name: "theirs", scopes: ["read", "send", "manage"] });
  const { key } = ((await made.json()) as { data: { key: string } }).data;
  const headers = { accept: "text/event-stream" };
  for (const [path, status] of [
    ["/v1/admin/logs", 403],
    ["/v1/admin/logs?level=info", 403],
  ] as const)
    expect((await fetch(`${bot.url}${path}`, { headers: { ...headers, "x-api-key": key } })).status).toBe(status);
  const { cursor } = await read(bot, "limit=1");
  const stream = await bot.call("GET", `/v1/admin/logs?level=info&after=${cursor}`, undefined, headers);
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  await bot.call("GET", "/v1/nothing");
  let text = "";
  for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes("request refused")) break;
  }
  expect(text).toMatch(/id: [\da-f]{8}-\d+\ndata: \{"id":/);
  expect(text).toContain('"path":"/v1/…"');
});
