import { expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";
import { Failure } from "../../src/core/base/failure.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { ToldClock } from "./told-clock.ts";
import { SlowDisk } from "../slow-disk.ts";
import { saysText } from "./heard.ts";

/** A bot with two devices on a disk that can be held up. */
async function twoDevices(disk: SlowDisk, stands: { clock?: ToldClock } = {}) {
  const bot = await startBot({ stands: { flush: disk.flush, ...stands } });
  await bot.link();
  const other = bot.sim.phone("6281100000002", { name: "Sari" });
  const shop = await bot.workspace.createDevice("shop");
  await other.scan((await shop.qr()).qr);
  await bot.until(() => shop.status().phase === "connected", "the other device");
  await bot.sim.until(() => bot.sim.record.unsettled().length === 0);
  return { bot };
}

/** What left before has arrived: the simulator lives in this process, and the call goes through the loop as frames do. */
async function arrived(bot: TestBot): Promise<void> {
  for (let calls = 0; calls < 5; calls++) await bot.call("GET", "/health/live");
}

const isReceipted = (bot: TestBot, id: string): boolean =>
  bot.sim.record.of(id).some(({ receipts }) => receipts.length > 0);

test("no receipt leaves before what it acknowledges is on disk", async () => {
  const disk = new SlowDisk();
  const { bot } = await twoDevices(disk);
  await using _ = bot;
  disk.hold();
  const held = await bot.contact().says("held up", { to: bot.phone });
  await disk.asked();
  await arrived(bot);
  expect(isReceipted(bot, held.id)).toBe(false);
  disk.letGo();
  await held.receipted();
  await bot.receiver.next("message.received", saysText("held up"));
  bot.sim.assertNoProblems();
});

test("no message leaves before the step of the ratchet that sealed it is on disk", async () => {
  const disk = new SlowDisk();
  const { bot } = await twoDevices(disk);
  await using _ = bot;
  const ann = bot.contact();
  const send = (text: string) => bot.device.outbox.send({ to: ann.number, content: { kind: "text", text } });
  await send("first");
  await ann.hears("first");
  await bot.next("message.status");
  disk.hold();
  const heard = { yes: false };
  const waiting = ann.hears("sealed").then(() => {
    heard.yes = true;
    return disk.waiting;
  });
  const sending = send("sealed");
  while (!heard.yes) {
    await Promise.race([disk.asked(), waiting]);
    await arrived(bot);
    disk.letOne();
  }
  disk.letGo();
  expect(await waiting).toBe(0); // what it says of the ratchet was on disk
  await sending;
});

test("no event is told and no send is accepted before it is on disk", async () => {
  const disk = new SlowDisk();
  const { bot } = await twoDevices(disk);
  await using _ = bot;
  const ann = bot.contact();
  disk.hold();
  await ann.says("a secret for now", { to: bot.phone });
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

test("a disk that fails: nothing is acknowledged, WhatsApp keeps what it has, and all comes after a new start", async () => {
  const disk = new SlowDisk();
  const clock = new ToldClock();
  const { bot } = await twoDevices(disk, { clock });
  await using _ = bot;
  disk.hold();
  const ended = clock.until(() => bot.device.status().phase === "waiting", "the pause");
  const lost = await bot.contact().says("into a broken disk", { to: bot.phone });
  await disk.asked();
  disk.breaks();
  await ended;
  expect(bot.device.status().reason).toBe("store_unavailable");
  expect(isReceipted(bot, lost.id)).toBe(false);
  expect((await bot.call("GET", "/health/ready")).status).toBe(503);
  await bot.stop();
  await bot.start();
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

test("a message whose words cannot be kept does not leave; later it leaves once, under its id", async () => {
  let refusals = 1;
  let asked = 0;
  const around = (store: Store): Store => ({
    ...store,
    ledger: {
      ...store.ledger,
      record: async (hold, batch) => {
        if (batch.messages?.some(({ wire }) => wire !== undefined)) {
          asked++;
          // Later than the step of the ratchet is on disk, which would let it leave.
          for (let calls = 0; calls < 5; calls++) await arrived(bot);
          if (refusals-- > 0) throw new Failure("unavailable", "The disk is full; nothing was written.");
        }
        return store.ledger.record(hold, batch);
      },
    },
  });
  const clock = new ToldClock();
  await using bot = await startBot({ stands: { around, clock } });
  await bot.link();
  const ann = bot.contact();
  await ann.says("hello", { to: bot.phone });
  await bot.next("message.received");
  const left: string[] = [];
  bot.sim.on((event) => event.type === "message.sent" && left.push(event.id));
  const { waId } = await bot.device.outbox.send({ to: ann.number, content: { kind: "text", text: "kept" } });
  await ann.hears("kept");
  await bot.next("message.sent", ({ data }) => data.id === waId);
  expect(asked).toBe(2);
  expect(left).toEqual([waId]);
});
