import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import type { Simulator } from "../../src/simulator/index.ts";
import { browserPath, openBrowser } from "../browser.ts";
import { compile } from "../cli/binary.ts";
import { Subject } from "../crash/subject.ts";
import { Receiver } from "../receiver.ts";
import {
  ConnectionLinker,
  DevicesLinker,
  GatewayLinker,
  type Linker,
  prepare,
  SessionLinker,
  TenantLinker,
} from "./linkers.ts";
import { shellTools } from "./samples.ts";

const key = "test-key-of-the-admin-0123456789";
const patience = 120_000;
const folder = mkdtempSync(join(tmpdir(), "merpati-linked-again-"));
const receiver = new Receiver();
let binary: Awaited<ReturnType<typeof compile>>;
let sim: Simulator;
let bot: Subject;
let pages: Bun.Server<undefined>;
let browser: Awaited<ReturnType<typeof openBrowser>> | null = null;
let linkers: Linker[] = [];
let html = "";

/** What an administrator does before the documents begin. */
async function administer<T>(path: string, body: object): Promise<T> {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const answer = await fetch(`${bot.url}/v1/admin${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: T }).data;
}

async function tenant(id: string): Promise<string> {
  await administer("/tenants", { id });
  const scopes = ["read", "send", "manage"];
  return (await administer<{ key: string }>("/keys", { tenant: id, name: "theirs", scopes })).key;
}

beforeAll(async () => {
  pages = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } }),
  });
  [binary, sim] = await Promise.all([compile(), startBotSimulator()]);
  writeFileSync(join(folder, "authority.pem"), sim.certificate);
  bot = new Subject(
    binary.path,
    {
      PORT: "0",
      HOST: "127.0.0.1",
      API_KEY: key,
      CORS_ORIGIN: pages.url.origin,
      WHATSAPP_URL: sim.url,
      WHATSAPP_ROOT_KEY: sim.rootKey,
      WHATSAPP_CA: join(folder, "authority.pem"),
      WEBHOOK_URL: receiver.url,
      LOG_LEVEL: "silent",
    },
    folder,
  );
  await bot.start();
  browser = browserPath ? await openBrowser() : null;
  const page = await browser?.newPage();
  if (page) await prepare(page);
  const serve = (text: string) => ((html = text), pages.url.href);
  const world = { bot, receiver, folder, browser: page ? { page, serve } : null };
  const phone = (place: number) => sim.phone(`628110000000${place}`, { name: `Phone ${place}` });
  // A tenant's device named `default` is another than ours: each document has a device of its own.
  const [toko, theirs] = [await tenant("toko"), await tenant("tenant")];
  await administer("/tenants/tenant/devices", { device_id: "device_xyz789abc123" });
  linkers = [
    new ConnectionLinker(world, key, phone(1)),
    new DevicesLinker(world, key, phone(2)),
    new GatewayLinker(world, toko, phone(3)),
    new SessionLinker(world, key, phone(4)),
    new TenantLinker(world, theirs, phone(5)),
  ];
}, patience);

afterAll(async () => {
  for (const linker of linkers) linker.close();
  await browser?.[Symbol.asyncDispose]();
  await bot.stop();
  await Promise.all([sim.stop(), pages.stop(true), receiver.stop()]);
  binary.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** One after the other, so that what fails names its document. */
async function each(step: (linker: Linker) => Promise<void>): Promise<void> {
  for (const linker of linkers)
    await step(linker).catch((error: unknown) => {
      throw new Error(`${linker.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
}

async function restart(between: () => Promise<void> = async () => {}): Promise<void> {
  for (const linker of linkers) linker.close();
  await bot.stop();
  await between();
  await bot.start();
}

const linkedOnce = () => {
  for (const { name, phone } of linkers) expect([name, phone.linkedDevices().length]).toEqual([name, 1]);
};

const removed = () => each(({ phone }) => phone.unlink());

const tried = test.skipIf(!shellTools);

tried(
  "the samples of all five documents link",
  async () => {
    await each((linker) => linker.link());
    linkedOnce();
  },
  patience,
);

tried(
  "they link again after the phone removed the device",
  async () => {
    await removed();
    await each((linker) => linker.lost());
    await each((linker) => linker.link());
    linkedOnce();
  },
  patience,
);

tried(
  "they link again when the bot was started anew in between",
  async () => {
    await removed();
    await each((linker) => linker.lost());
    await restart();
    await each((linker) => linker.link());
    linkedOnce();
  },
  patience,
);

tried(
  "they link again when the device was removed while the bot was down",
  async () => {
    await restart(removed);
    await each((linker) => linker.lost());
    await each((linker) => linker.link());
    linkedOnce();
  },
  patience,
);

tried(
  "they find what is linked connected after a restart",
  async () => {
    await restart();
    await each((linker) => linker.connected());
    linkedOnce();
    sim.assertNoProblems();
  },
  patience,
);
