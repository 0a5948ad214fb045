import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startBot, type TestBot } from "../harness.ts";
import { Failure } from "../../src/core/base/failure.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { ToldClock } from "./told-clock.ts";
import { SlowDisk } from "../slow-disk.ts";
import { saysText } from "./heard.ts";

/** A bot with two devices, one of which has its keys on a disk that can be held up; `vault` is that file's name. */
async function twoDevices(disk: SlowDisk) {
  const bot = await startBot({ stands: { flush: disk.flush } });
  await bot.link();
  const vaults = () => readdirSync(join(bot.folder, "devices")).filter((name) => name.endsWith(".sqlite"));
  const [vault = ""] = vaults();
  const other = bot.sim.phone("6281100000002", { name: "Sari" });
  const shop = await bot.workspace.createDevice("shop");
  await other.scan((await shop.qr()).qr);
  await bot.until(() => shop.status().phase === "connected", "the other device");
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  return { bot, vault, other };
}

const isReceipted = (bot: TestBot, id: string): boolean =>
  bot.sim.record.of(id).some(({ receipts }) => receipts.length > 0);

test("no receipt leaves before what it acknowledges is on disk, and nobody else waits for it", async () => {
  const disk = new SlowDisk();
  const { bot, vault, other } = await twoDevices(disk);
  await using _ = bot;
  disk.hold(vault);
  const ann = bot.contact();
  const held = await ann.says("held up", { to: bot.phone });
  await disk.asked();
  const free = await ann.says("not held up", { to: other });
  await free.receipted();
  await bot.receiver.next("message.received", saysText("not held up"));
  expect(isReceipted(bot, held.id)).toBe(false);
  disk.letGo();
  await held.receipted();
  await bot.receiver.next("message.received", saysText("held up"));
  bot.sim.assertNoProblems();
});

test("no message leaves before the step of the ratchet that sealed it is on disk", async () => {
  const disk = new SlowDisk();
  const { bot, vault } = await twoDevices(disk);
  await using _ = bot;
  const ann = bot.contact();
  const send = (id: string, text: string) =>
    bot.workspace.device(id).outbox.send({ to: ann.number, content: { kind: "text", text } });
  await send("default", "first");
  await ann.hears("first");
  await bot.next("message.status");
  disk.hold(vault);
  await send("default", "sealed");
  await disk.asked();
  await send("shop", "from elsewhere");
  await ann.hears("from elsewhere");
  expect(ann.inbox.map(({ text }) => text)).not.toContain("sealed");
  disk.letGo();
  await ann.hears("sealed");
});

test("no event is told and no send is accepted before it is on disk", async () => {
  const disk = new SlowDisk();
  const { bot } = await twoDevices(disk);
  await using _ = bot;
  const ann = bot.contact();
  disk.hold("merpati.sqlite");
  const said = await ann.says("a secret for now", { to: bot.phone });
  await said.receipted(); // its plaintext is in the journal, on the other disk
  await disk.asked();
  let accepted = false;
  const sending = bot
    .call("POST", "/v1/devices/default/messages", { to: ann.number, text: "on its way" })
    .finally(() => (accepted = true));
  await bot.call("GET", "/v1/devices");
  await bot.call("GET", "/v1/devices/default");
  const heard = [...bot.receiver.events, ...bot.events].filter(({ type }) => type === "message.received");
  expect([accepted, heard.length]).toEqual([false, 0]);
  disk.letGo();
  expect((await sending).status).toBe(202);
  await ann.hears("on its way");
  await bot.receiver.next("message.received", saysText("a secret for now"));
});

test("a disk that fails: nothing is acknowledged, WhatsApp keeps what it has, and all comes when the disk is well", async () => {
  const disk = new SlowDisk();
  const { bot, vault } = await twoDevices(disk);
  await using _ = bot;
  disk.hold(vault);
  const ann = bot.contact();
  const lost = await ann.says("into a broken disk", { to: bot.phone });
  await disk.asked();
  const told = bot.next("device.disconnected", ({ data }) => data.reason === "store_unavailable");
  disk.breaks();
  await told;
  expect(isReceipted(bot, lost.id)).toBe(false);
  await lost.receipted();
  await bot.receiver.next("message.received", saysText("into a broken disk"));
});

test("that a connection ended is told once the disk takes it again", async () => {
  let isFull = false;
  const around = (store: Store): Store => ({
    ...store,
    ledger: {
      ...store.ledger,
      record: (hold, batch) =>
        isFull && batch.events.some(({ type }) => type === "device.disconnected")
          ? Promise.reject(new Failure("unavailable", "The disk is full."))
          : store.ledger.record(hold, batch),
    },
  });
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { around, clock } });
  await bot.link();
  isFull = true;
  const pause = clock.until(() => bot.device.status().phase === "waiting", "the pause");
  bot.sim.faults.cut();
  await pause;
  expect(bot.events.map(({ type }) => type)).not.toContain("device.disconnected");
  isFull = false;
  clock.wind(60_000);
  await bot.next("device.disconnected");
  await bot.connected();
  const logged = (await bot.device.events(0, 100)).map(({ type }) => type);
  expect(logged.filter((type) => /^device\.(connected|disconnected)$/.test(type))).toEqual([
    "device.connected",
    "device.disconnected",
    "device.connected",
  ]);
});
