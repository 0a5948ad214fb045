import { afterAll, beforeAll, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { addressesAt } from "../../src/server/listening.ts";
import { startBot, TestBot } from "../harness.ts";

let first: TestBot;

beforeAll(async () => {
  first = await startBot();
});
afterAll(() => first[Symbol.asyncDispose]());

test("a second bot on the same port refuses to start, and says what to do", async () => {
  const { port } = new URL(first.url);
  const second = new TestBot(first.sim, { env: { PORT: port } });
  const refusal = await second.start().then(
    () => "it started",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  await second.remove();
  expect(refusal).toBe(`Port ${port} is in use: set PORT to another, or to 0 for a free one.`);
  expect((await first.call("GET", "/connection/status")).status).toBe(200);
});

test("a host that is not this machine's is refused by its setting's name", async () => {
  for (const host of ["nohost.invalid", "192.0.2.1"]) {
    const bot = new TestBot(first.sim, { env: { HOST: host } });
    const refusal = await bot.start().then(
      () => "it started",
      (error: unknown) => String(error),
    );
    await bot.remove();
    expect([host, refusal]).toEqual([host, expect.stringContaining("): HOST takes an address of this machine")]);
  }
});

test("the addresses are those that it really listens on", () => {
  expect(addressesAt("127.0.0.1", 3000)).toEqual({ urls: ["http://127.0.0.1:3000"], isOpen: false });
  expect(addressesAt("localhost", 3000)).toEqual({ urls: ["http://localhost:3000"], isOpen: false });
  expect(addressesAt("::1", 3000)).toEqual({ urls: ["http://[::1]:3000"], isOpen: false });
  expect(addressesAt("192.0.2.7", 3000)).toEqual({ urls: ["http://192.0.2.7:3000"], isOpen: true });
  const lan = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => `http://${address}:3000`);
  expect(addressesAt("0.0.0.0", 3000)).toEqual({ urls: ["http://127.0.0.1:3000", ...lan], isOpen: true });
});
