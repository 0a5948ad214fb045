import { eventBody } from "../../src/api/v1/event-body.ts";
import { afterEach, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { Webhook } from "standardwebhooks";
import type { Endpoint } from "../../src/core/ports/endpoint.ts";
import { exampleOf } from "../../src/core/model/events/event-schema.ts";
import { newSecret } from "../../src/core/webhooks/webhook-secret.ts";
import { guardedFetch } from "../../src/net/fetch.ts";
import { poster } from "../../src/webhooks/post.ts";
import { HandClock } from "../clock.ts";
import { endpoint } from "../store/rows.ts";
import { Receiver } from "../receiver.ts";

const clock = new HandClock(Date.now());
const post = poster(guardedFetch({ clock }), { clock, version: "1.2.3", bodyOf: eventBody });
const event = exampleOf("message.received");
const secret = newSecret();
const never = new AbortController().signal;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const signing = (url: string, changes: Partial<Endpoint> = {}) =>
  endpoint(url, { secrets: [{ secret, expiresAt: null }], ...changes });

/** A receiver that answers these raw bytes once the request is there, or does as it is told. */
async function raw(answer: string | ((socket: Socket) => void)): Promise<{ url: string; asked: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      asked.resolve();
      if (typeof answer === "string") socket.write(answer);
      else answer(socket);
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/`, asked: asked.promise };
}

test("what is posted is the event, signed, and verifies with the official package", async () => {
  const receiver = new Receiver();
  closers.push(() => receiver.stop());
  receiver.answer = () => new Response("thanks", { status: 202 });
  const old = newSecret();
  const expired = newSecret();
  const secrets = [
    { secret, expiresAt: null },
    { secret: old, expiresAt: clock.now() + 1 },
    { secret: expired, expiresAt: clock.now() },
  ];
  const outcome = await post(signing(receiver.url, { secrets, headers: { "x-shop": "7" } }), [event], never);
  expect(outcome).toEqual({ ok: true, status: 202, response: "thanks" });
  const { body, headers } = receiver.all[0] ?? { body: "", headers: {} };
  expect(JSON.parse(body)).toEqual(event);
  expect(new Webhook(secret).verify(body, headers)).toEqual(event);
  expect(new Webhook(old).verify(body, headers)).toEqual(event);
  expect(() => new Webhook(expired).verify(body, headers)).toThrow();
  expect(headers).toMatchObject({
    "webhook-id": event.id,
    "x-webhook-event": "message.received",
    "content-type": "application/json",
    "user-agent": "Merpati/1.2.3",
    "x-shop": "7",
  });
});

test("the timestamp is renewed at every attempt, id and body are not", async () => {
  const receiver = new Receiver();
  closers.push(() => receiver.stop());
  await post(signing(receiver.url), [event], never);
  clock.wind(60_000);
  await post(signing(receiver.url), [event], never);
  const [first, second] = receiver.all;
  expect(second?.body).toBe(first?.body ?? "");
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"] ?? "");
  expect(Number(second?.headers["webhook-timestamp"]) - Number(first?.headers["webhook-timestamp"])).toBe(60);
});

const verdicts: [string, number, object][] = [
  ["200 OK", 200, { ok: true }],
  ["204 No Content", 204, { ok: true }],
  ["301 Moved\r\nlocation: http://127.0.0.1:1/", 301, { ok: false, error: expect.stringContaining("redirects") }],
  ["304 Not Modified", 304, { ok: false, error: "status 304" }],
  ["404 Not Found", 404, { ok: false, error: "status 404" }],
  ["410 Gone", 410, { ok: false, status: 410 }],
  ["429 Slow\r\nretry-after: 120", 429, { ok: false, retryAfter: 120_000 }],
  ["500 Oops", 500, { ok: false, error: "status 500" }],
  ["503 Later\r\nretry-after: nonsense", 503, { ok: false, status: 503 }],
];
test.each(verdicts)("%s", async (line, status, verdict) => {
  const { url } = await raw(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\n\r\n`);
  expect(await post(signing(url), [event], never)).toMatchObject({ status, ...verdict });
});

test("a Retry-After date is a wait too", async () => {
  const date = new Date(clock.now() + 90_000).toUTCString();
  const { url } = await raw(`HTTP/1.1 503 Later\r\nretry-after: ${date}\r\ncontent-length: 0\r\n\r\n`);
  const { retryAfter = 0 } = await post(signing(url), [event], never);
  expect(Math.abs(retryAfter - 90_000)).toBeLessThanOrEqual(1_000);
});

test("one that hangs, even with a late 200, has failed after 15 s", async () => {
  let late: Socket | undefined;
  const { url, asked } = await raw((socket) => (late = socket));
  const outcome = post(signing(url), [event], never);
  await asked;
  clock.wind(15_000);
  expect(await outcome).toEqual({ ok: false, error: "no answer within 15 s" });
  late?.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
});

test("one that resets or is not there has failed", async () => {
  const { url } = await raw((socket) => socket.resetAndDestroy());
  expect(await post(signing(url), [event], never)).toMatchObject({
    ok: false,
    error: expect.stringContaining("closed"),
  });
  expect(await post(signing("http://127.0.0.1:1/"), [event], never)).toMatchObject({
    ok: false,
    error: expect.stringContaining("refused"),
  });
});

test("an endless answer is cut at 2 KB", async () => {
  const { url } = await raw((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n");
    const more = () => {
      while (!socket.destroyed && socket.write("x".repeat(65_536)));
    };
    socket.on("drain", more);
    more();
  });
  const { ok, response } = await post(signing(url), [event], never);
  expect([ok, response]).toEqual([true, "x".repeat(2048)]);
});

test("one that lies about its length has answered with what came", async () => {
  const { url } = await raw((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort"));
  expect(await post(signing(url), [event], never)).toMatchObject({ ok: true, status: 200 });
  const hangs = await raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort");
  const outcome = post(signing(hangs.url), [event], never);
  await alarm(1_000);
  clock.wind(1_000);
  expect(await outcome).toMatchObject({ ok: true, status: 200, response: "short" });
});

/** Resolves when an alarm of so many milliseconds is set and no longer one is. */
async function alarm(ms: number): Promise<void> {
  while (clock.next() !== ms) await new Promise((go) => setImmediate(go));
}

test("what the API made goes through the guard", async () => {
  const { url } = await raw("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  const { ok, error } = await post(signing(url, { origin: "api" }), [event], never);
  expect([ok, error]).toEqual([false, expect.stringContaining("OUTBOUND_ALLOW=127.0.0.1")]);
});
