import { afterEach, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { received } from "../store/house.ts";
import { Watch } from "../watch.ts";
import { receiver, Rig, unfiltered } from "./rig.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Takes every connection and never says a word. */
class Silence {
  readonly watch = new Watch();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("data", () => this.watch.changed());
    this.watch.changed();
  });

  static async start(): Promise<Silence> {
    const silence = new Silence();
    await new Promise<void>((ready) => silence.#server.listen(0, "127.0.0.1", ready));
    closers.push(() => {
      for (const socket of silence.#sockets) socket.destroy();
      silence.#server.close();
    });
    return silence;
  }

  get open(): number {
    return this.#sockets.size;
  }

  urls(count: number): string[] {
    const address = this.#server.address();
    const port = typeof address === "object" ? address?.port : 0;
    return Array.from({ length: count }, (_, n) => `http://127.0.0.1:${port}/${n}`);
  }

  async until(count: number): Promise<void> {
    await this.watch.until(() => this.open >= count || undefined, `${count} open connections`);
  }
}

/** Resolves when so many events have been delivered to the last webhook, and that is written down. */
async function delivered(rig: Rig, count: number): Promise<void> {
  const id = rig.service.list().at(-1)?.id ?? "";
  const page = { ...unfiltered, stages: ["delivered"] as const };
  while ((await rig.service.deliveries.list(id, page)).length < count) await new Promise((go) => setImmediate(go));
}

const chats = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => received(`chat${n % 40}`, "x", `m${from + n}`));

test("an endpoint gets all of its events while others hold every connection they may", async () => {
  const [silence, good] = [await Silence.start(), receiver()];
  const rig = await Rig.start({ urls: [...silence.urls(20), good.url] });
  await rig.record(...chats(0, 400));
  await silence.until(20 * 9); // a share of 192 among 21
  await good.until(() => good.all.length >= 400, "all events, though no time passes");
  expect(silence.open).toBe(20 * 9);
});

test("more endpoints that hang than there are connections: once each has failed they share a third", async () => {
  const [silence, good] = [await Silence.start(), receiver()];
  const rig = await Rig.start({ urls: [...silence.urls(300), good.url] });
  await rig.record(...chats(0, 40));
  await silence.until(191);
  rig.clock.wind(15_000);
  await delivered(rig, 40);
  rig.clock.wind(15_000);
  for (let round = 0; round < 3; round += 1) {
    await silence.watch.until(() => silence.open === 64 || undefined, "64 connections");
    await rig.record(...chats(40 * (round + 1), 40));
    await delivered(rig, 40 * (round + 2));
    rig.clock.wind(15_000);
  }
});

test("who failed before a restart begins among those that share", async () => {
  const [silence, good] = [await Silence.start(), receiver()];
  const urls = [...silence.urls(300), good.url];
  const rig = await Rig.start({ urls });
  for (const { id } of rig.service.list().slice(0, 300)) await rig.store.endpoints.failing(id, 1);
  await rig.stop();
  await rig.start({ urls });
  await rig.record(...chats(0, 40));
  await good.until(() => good.all.length >= 40, "all events");
  expect(silence.open).toBeLessThanOrEqual(64);
});
