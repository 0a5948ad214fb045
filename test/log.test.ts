import { expect, test } from "bun:test";
import { scrub } from "../src/log.ts";

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
