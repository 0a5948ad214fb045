import { expect, test } from "bun:test";
import { connect } from "node:net";
import { type Frame, serverSentEvents } from "../../src/api/sse.ts";
import { HandClock } from "../clock.ts";
import { Watch } from "../watch.ts";

const many = 30_000;

test("who reads slowly is waited for, and nothing piles up; who hangs up ends the stream", async () => {
  const watch = new Watch();
  let made = 0;
  let [over, left] = [false, false];
  async function* follow(gone: AbortSignal): AsyncGenerator<Frame, void> {
    gone.addEventListener("abort", () => ((over = true), watch.changed()));
    try {
      for (; made < many && !gone.aborted; made += 1) yield { id: String(made), data: "x".repeat(1_000) };
    } finally {
      left = true;
      watch.changed();
    }
  }
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => serverSentEvents(follow, request.signal, new HandClock()),
  });
  const socket = connect(server.port ?? 0, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause().write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await stalled(() => made);
  expect(made).toBeLessThan(many / 2); // what fits into the sockets' buffers
  socket.destroy();
  await watch.until(() => (over && left) || undefined, "the end of the stream");
});

test("a hundred that never read hold a frame each, and are ended while others read on", async () => {
  const clock = new HandClock();
  const watch = new Watch();
  let [made, ended, read] = [0, 0, 0];
  async function* follow(): AsyncGenerator<Frame, void> {
    try {
      for (;;) {
        made += 1;
        yield { id: null, data: "x".repeat(100_000) };
      }
    } finally {
      ended += 1;
      watch.changed();
    }
  }
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => serverSentEvents(follow, request.signal, clock),
  });
  const open = () => {
    const socket = connect(server.port ?? 0, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    return socket;
  };
  const idle = Array.from({ length: 100 }, () => open().pause());
  await stalled(() => made);
  // What fits into the buffers of a hundred sockets, and no byte for each beat.
  const held = made;
  expect(held).toBeLessThan(100 * 200);
  for (let beat = 0; beat < 3; beat++) clock.wind(25_000);
  await stalled(() => made);
  expect([made, ended]).toEqual([held, 0]);
  const reader = open();
  reader.on("data", ({ length }) => ((read += length), watch.changed()));
  await watch.until(() => read > 1_000_000 || undefined, "what a reader gets");
  clock.wind(25_000);
  await watch.until(() => ended === 100 || undefined, "the end of those that do not read");
  const before = read;
  await watch.until(() => read > before + 1_000_000 || undefined, "what the reader gets then");
  for (const socket of [...idle, reader]) socket.destroy();
  await watch.until(() => ended === 101 || undefined, "the end of the last");
});

/** Resolves when it has begun to count and counts no further. */
async function stalled(count: () => number): Promise<void> {
  for (let still = 0, last = 0; still < 300; still = count() > 0 && count() === last ? still + 1 : 0) {
    last = count();
    await new Promise((go) => setImmediate(go));
  }
}

test("a quiet stream shows now and then that it lives", async () => {
  const clock = new HandClock();
  const gone = new AbortController();
  async function* follow(): AsyncGenerator<Frame, void> {
    yield { id: "a", event: "device.connected", data: { n: 1 } };
    await new Promise(() => {});
  }
  const response = serverSentEvents(follow, gone.signal, clock);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const beat = ": still here\n\n";
  expect((await reader?.read())?.value).toBe(beat);
  expect((await reader?.read())?.value).toBe('id: a\nevent: device.connected\ndata: {"n":1}\n\n');
  clock.wind(25_000);
  expect((await reader?.read())?.value).toBe(beat);
  gone.abort();
  expect(clock.next()).toBeNull();
});
