import { expect, test } from "bun:test";
import { Handshakes } from "../../src/server/handshakes.ts";
import { HandClock } from "../clock.ts";
import { adminKey, startBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

test("an address has so many sockets without a key, and all together so many", () => {
  const handshakes = new Handshakes(new HandClock());
  const ends = Array.from({ length: 100 }, () => handshakes.begin("192.0.2.1"));
  expect(() => handshakes.begin("192.0.2.1")).toThrow("Too many sockets have not shown a key yet");
  for (let address = 2; address <= 10; address++)
    for (let socket = 0; socket < 100; socket++) handshakes.begin(`192.0.2.${address}`);
  expect(() => handshakes.begin("192.0.2.11")).toThrow("Too many sockets have not shown a key yet");
  // Once, however often it is said.
  for (const end of [ends[0], ends[0]]) end?.();
  handshakes.begin("192.0.2.11");
  expect(() => handshakes.begin("192.0.2.1")).toThrow("Too many sockets have not shown a key yet");
});

test("a refusal waits, as long as not too many do", async () => {
  const clock = new HandClock();
  const handshakes = new Handshakes(clock);
  let told = 0;
  const all = Array.from({ length: 2_000 }, () => handshakes.refuse().then(() => void told++));
  await handshakes.refuse();
  expect(told).toBe(0);
  clock.wind(3_000);
  await Promise.all(all);
  expect(told).toBe(2_000);
});

test("sockets that show no key are refused before they are upgraded; with a key they count no more", async () => {
  await using bot = await startBot();
  const open = async () => {
    const socket = new WebSocket(`${bot.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.addEventListener("message", () => resolve(true));
    socket.addEventListener("error", () => resolve(false));
    return { socket, isOpen: await promise };
  };
  using known = await SocketClient.open(bot.url, { auth: { key: adminKey }, transports: ["websocket"] });
  const hundred = await Promise.all(Array.from({ length: 100 }, open));
  expect(hundred.every(({ isOpen }) => isOpen)).toBe(true);
  const polled = await fetch(`${bot.url}/socket.io/?EIO=4&transport=polling`);
  expect([polled.status, await polled.json()]).toMatchObject([429, { code: "rate_limited" }]);
  expect((await open()).isOpen).toBe(false);
  expect(known.socket.connected).toBe(true);
  const closed = Promise.withResolvers<unknown>();
  hundred[0]?.socket.addEventListener("close", closed.resolve);
  hundred[0]?.socket.close();
  await closed.promise;
  await SocketClient.open(bot.url, { auth: { key: adminKey }, transports: ["websocket"] }).then((client) =>
    client[Symbol.dispose](),
  );
  for (const { socket } of hundred) socket.close();
});
