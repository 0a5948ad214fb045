import { expect, test } from "bun:test";
import { addressOf } from "../../src/whatsapp/media/file-address.ts";

const path = "/v/t62/1?a=b";

test.each([
  [`https://mmg.whatsapp.net${path}`, `https://mmg.whatsapp.net${path}`],
  [`https://media-sin6-1.cdn.whatsapp.net${path}`, `https://media-sin6-1.cdn.whatsapp.net${path}`],
  [`https://127.0.0.1:8443${path}`, `https://127.0.0.1:8443${path}`],
  // Elsewhere, by another port or in the open: its path is asked of WhatsApp.
  [`https://mmg.whatsapp.net:8443${path}`, `https://mmg.whatsapp.net${path}`],
  [`http://mmg.whatsapp.net${path}`, `https://mmg.whatsapp.net${path}`],
  [`http://127.0.0.1${path}`, `https://mmg.whatsapp.net${path}`],
  [`https://whatsapp.net.example${path}`, `https://mmg.whatsapp.net${path}`],
  [`https://evilwhatsapp.net${path}`, `https://mmg.whatsapp.net${path}`],
  ["", `https://mmg.whatsapp.net${path}`],
])("a file at %p is asked at %p", (url, asked) => {
  expect(addressOf({ url, directPath: path }, "127.0.0.1")).toBe(asked);
});

test.each(["https://mmg.whatsapp.net:8443/a", "http://mmg.whatsapp.net/a", "https://example.com/a", ""])(
  "without a path, %p is nowhere",
  (url) => expect(() => addressOf({ url, directPath: "" }, null)).toThrow("does not say where"),
);
