import { expect, test } from "bun:test";
import { recipient } from "../../src/core/model/recipient.ts";

const jid = "6281234567890@s.whatsapp.net";

test.each([
  "6281234567890",
  "+6281234567890",
  " 6281234567890\n",
  "+62 812-3456-7890",
  "+62 (812) 3456.7890",
  "62\u00a0812\u20113456\u20117890",
  "\u202a+62 812 3456 7890\u202c",
  " 6281234567890@s.whatsapp.net ",
  "6281234567890@c.us",
  "6281234567890:3@s.whatsapp.net",
])("%p is one person", (to) => expect(recipient(to)).toBe(jid));

test.each([
  "",
  "   ",
  "0812-3456-7890",
  "62812",
  "call 6281234567890",
  "6281234567890,6281234567891",
  "6281234567890@",
  "+",
  "+62 812 3456 7890 ext 1",
])("%p is refused with an example", (to) => expect(() => recipient(to)).toThrow("628123456789"));
