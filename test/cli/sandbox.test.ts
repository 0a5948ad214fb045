import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Program, said } from "../dashboard/program.ts";
import { SocketClient } from "../socket-client.ts";
import { folder } from "../store/house.ts";
import { Watch } from "../watch.ts";

const main = new URL("../../src/main.ts", import.meta.url).pathname;
const ready = /Open: +(\S+)\/sandbox/;
const key = "key-of-the-sandbox-0123456789";
const ann = "628123456789";
const patience = 30_000;

let sandbox: Program;
beforeAll(async () => {
  sandbox = await Program.start(process.execPath, [main, "sandbox"], { API_KEY: key }, ready);
}, patience);
afterAll(() => sandbox[Symbol.asyncDispose]());

/** As a page of the sandbox asks. */
const ours = () => ({ "sec-fetch-site": "same-origin", origin: sandbox.url });

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(`${sandbox.url}${path}`, { headers, ...init });

/** Plays with the simulated world. */
async function play<T>(path: string, body?: object): Promise<T> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await ask(`/sandbox/api${path}`, {}, init);
  const { data, error } = (await response.json()) as { data: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return data;
}

/** What happens around the bot, from now on. */
class Around implements AsyncDisposable {
  readonly all: Record<string, unknown>[] = [];
  readonly #watch = new Watch();
  readonly #leaving = new AbortController();
  readonly #reading = this.#read();

  async #read(): Promise<void> {
    const response = await ask("/sandbox/api/events", {}, { signal: this.#leaving.signal });
    try {
      for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        for (const [, data] of text.matchAll(/^data: (.*)$/gm)) this.all.push(JSON.parse(data ?? ""));
        this.#watch.changed();
      }
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** Webhooks that told of a message; not those of an event that was told before, which a kill may repeat. */
  letters(): Record<string, unknown>[] {
    const webhooks = this.all.filter(({ type, event }) => type === "webhook" && event === "message.received");
    const before = new Set(webhooks.filter(({ past }) => past).map(({ seq }) => seq));
    return webhooks.filter(({ seq }) => !before.has(seq));
  }

  until(which: (happening: Record<string, unknown>) => boolean, what: string): Promise<Record<string, unknown>> {
    return this.#watch.until(() => this.all.find(which), what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#reading;
  }
}

test("its pages need no key, and nobody else gets in without one", async () => {
  expect(await (await ask("/session", ours())).json()).toMatchObject({ data: { admin: true, sandbox: true } });
  expect((await ask("/v1/devices", ours())).status).toBe(200);
  expect((await ask("/v1/devices")).status).toBe(401);
  expect((await ask("/v1/devices", { "x-api-key": key })).status).toBe(200);
  expect((await ask("/v1/devices", { ...ours(), "x-api-key": "wrong" })).status).toBe(401);
  const elsewhere = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  expect((await ask("/v1/devices", elsewhere)).status).toBe(401);
  expect((await ask("/sandbox/api/state", elsewhere)).status).toBe(403);
  // A name of somebody else's that leads to this machine.
  const rebound = { ...ours(), origin: "http://evil.example", host: "evil.example" };
  expect((await ask("/v1/devices", rebound)).status).toBe(401);
  expect((await ask("/sandbox/api/state", rebound)).status).toBe(403);
});

test.each(["", "x y", "::1"])("answers whoever calls it %j", async (host) => {
  const socket = connect(Number(new URL(sandbox.url).port), "127.0.0.1");
  socket.write(`GET /v1/devices HTTP/1.1\r\nhost: ${host}\r\nx-api-key: ${key}\r\nconnection: close\r\n\r\n`);
  expect(await text(socket)).toStartWith("HTTP/1.1 200 ");
});

test("killed, it loses nothing: what is written meanwhile is answered once when it is back", async () => {
  await using around = new Around();
  await around.until(({ running }) => running === true, "the bot to run");
  expect(await play("/bot/kill", {})).toMatchObject({ running: false, ended: "SIGKILL" });
  await around.until(({ type, ended }) => type === "bot" && ended === "SIGKILL", "its death to be told");
  const refused = await ask("/v1/devices", ours());
  expect([refused.status, (await refused.json()).code]).toEqual([503, "unavailable"]);
  // The page itself comes from beside it.
  expect((await ask("/sandbox", ours())).status).toBe(200);
  const texts = ["!ping", "!ping"];
  for (const text of texts) await play(`/people/${ann}/says`, { text });
  expect(await play("/bot/start", {})).toMatchObject({ running: true });
  await around.until(() => around.letters().length >= texts.length, "both webhooks");
  for (const _ of texts) await play(`/people/${ann}/hears`, { text: "pong" });
  const history = await play<Record<string, { text: string; fromMe: boolean; receipts: string[] }[]>>(
    `/people/${ann}/history`,
  );
  const lines = Object.values(history).flat();
  expect(lines.filter(({ text, fromMe }) => text === "pong" && !fromMe)).toHaveLength(3);
  expect(lines.filter(({ fromMe }) => fromMe).map(({ receipts }) => receipts.length)).toEqual([1, 1, 1]);
  expect(around.letters().map(({ verdict }) => verdict)).toEqual(["verified", "verified"]);
  expect(await play("/problems")).toEqual([]);
});

test.each(["websocket", "polling"])("a Socket.IO client reaches the bot by %s", async (transport) => {
  using client = await SocketClient.open(sandbox.url, { transports: [transport], auth: { key } });
  expect(await client.next("connection:status")).toMatchObject({ status: "connected" });
  expect(client.socket.io.engine.transport.name).toBe(transport);
});

test("what keeps it from starting is said, and it ends", async () => {
  const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const refused = async (environment: Record<string, string>) => {
    const env = { ...process.env, PORT: "0", ...environment };
    const child = Bun.spawn([process.execPath, main, "sandbox"], {
      env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const said = await new Response(child.stderr).text();
    return [await child.exited, said];
  };
  expect(await refused({ PORT: String(taken.port) })).toEqual([
    1,
    `Port ${taken.port} is in use: set PORT to another, or to 0 for a free one.\n`,
  ]);
  expect(await refused({ LOG_LEVEL: "loud" })).toEqual([1, expect.stringContaining("LOG_LEVEL takes")]);
  await taken.stop(true);
});

test("when the sandbox dies, so does its bot", async () => {
  const child = Bun.spawn([process.execPath, main, "sandbox"], {
    // It has no chance to take its folder away.
    env: { ...process.env, PORT: "0", TMPDIR: folder() },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  await said(child.stdout, ready);
  child.kill("SIGKILL");
  // The bot writes its errors where the sandbox did: that ends when both have.
  await new Response(child.stderr).text();
});
