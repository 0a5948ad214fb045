import { expect, test } from "bun:test";
import { QrLinks } from "../../src/core/device/qr-link.ts";
import { HandClock } from "../clock.ts";

const made = { tenant: "default", device: "shop", key: "k" };

test("a link to a QR is good for its seconds and not one more, whatever the clock on the wall says", () => {
  const clock = new HandClock();
  const links = new QrLinks(clock);
  const { token } = links.sign(made, 60);
  clock.wind(59_999);
  expect(links.read(token)).toMatchObject(made);
  clock.wind(1);
  expect(() => links.read(token)).toThrow("This link has expired");
  clock.jump(-3_600_000);
  expect(() => links.read(token)).toThrow("This link has expired");
  expect(() => new QrLinks(clock).read(token)).toThrow("This link is not valid");
});
