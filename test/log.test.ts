import { expect, test } from "bun:test";
import type { Log } from "../src/core/log.ts";
import { scrub } from "../src/log.ts";
import { adminKey, startBot } from "./harness.ts";

test.each([
  ['{"chat":"628123456789@s.whatsapp.net"}', '{"chat":"…@s.whatsapp.net"}'],
  ['{"who":"628123456789:12@s.whatsapp.net"}', '{"who":"…@s.whatsapp.net"}'],
  ['{"who":"123456789012345:3@lid"}', '{"who":"…@lid"}'],
  ['{"group":"120363021033254949@g.us"}', '{"group":"…@g.us"}'],
  ['{"phone":"+628123456789"}', '{"phone":"…"}'],
  ['{"key":"mp_abcdefghijklmnop"}', '{"key":"mp_…"}'],
  ['{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}', '{"secret":"whsec_…"}'],
  ['{"err":"no route to a\\"b"}', '{"err":"no route to …"}'],
])("%s becomes %s", (line, clean) => {
  expect(scrub(line, ['a"b'])).toBe(clean);
});

test("what is harmless stays, and a line stays JSON", () => {
  const line = '{"level":"info","time":"2026-01-01T00:00:00.000Z","ms":1795184068123,"msg":"request answered"}';
  expect(scrub(line)).toBe(line);
});

test("a day in the life leaves no phone number, key or text in the log", async () => {
  const lines: string[] = [];
  const write = (fields: Record<string, unknown>, sentence: string) => {
    const error = fields["err"] instanceof Error ? fields["err"].stack : undefined;
    lines.push(scrub(JSON.stringify({ ...fields, err: error, msg: sentence })));
  };
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  await using bot = await startBot({ log });
  await bot.link();
  const ann = bot.contact();
  await ann.says("a private word", { to: bot.phone });
  await bot.next("message.received");
  await bot.call("POST", "/api/send", { to: ann.number, message: "another private word" });
  await bot.call("GET", `/v1/devices/${ann.number}/health`);
  await bot.call("POST", "/v1/devices/default/messages", { to: "not a number", text: "a third private word" });
  await fetch(`${bot.url}/status`, { headers: { "x-api-key": "a wrong key" } });
  await bot.call("POST", "/connection/disconnect");
  const all = lines.join("\n");
  expect(lines.length).toBeGreaterThan(3);
  for (const secret of ["private word", ann.number, bot.phone.number, adminKey, "a wrong key"])
    expect(all).not.toContain(secret);
});
