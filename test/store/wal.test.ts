import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { breathe } from "../../src/core/base/breathe.ts";
import { SlowDisk } from "../slow-disk.ts";
import { device, held, house, raw, received, refusal } from "./house.ts";

test("a write resolves when it is on disk; what is written during a wait shares the next one", async () => {
  const disk = new SlowDisk();
  const { store, dir } = await house({ durability: "full", flush: disk.flush });
  const hold = await held(store);
  const write = (text: string) => store.ledger.record(hold, { events: [received("a", text)] });
  disk.hold();
  let first = false;
  const begun = write("1").then(() => (first = true));
  await disk.asked();
  let later = 0;
  const others = ["2", "3"].map((text) => write(text).then(() => (later += 1)));
  await breathe(); // what is written in one turn is committed at its end
  expect(raw(dir).query("SELECT count(*) AS n FROM event").get()).toEqual({ n: 3 });
  expect([disk.waiting, first, later]).toEqual([1, false, 0]);
  disk.letOne();
  await begun;
  await disk.asked();
  expect([disk.waiting, later]).toEqual([1, 0]);
  disk.letOne();
  await Promise.all(others);
  expect([disk.waiting, later]).toEqual([0, 2]);
});

test("what is written in one turn is one transaction; one that fails takes nobody with it", async () => {
  const { store, dir } = await house({ durability: "full" });
  const hold = await held(store);
  const db = raw(dir);
  const events = () => db.query("SELECT count(*) AS n FROM event").get();
  const writes = [
    store.devices.create(device("d1")),
    store.ledger.record(hold, { events: [received("a", "1")] }),
    store.devices.create(device("d1")),
    store.ledger.record(hold, { events: [received("a", "2")] }),
  ];
  expect(events()).toEqual({ n: 0 });
  const done = await Promise.allSettled(writes);
  expect(done.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
  expect(events()).toEqual({ n: 2 });
  expect((await store.ledger.after("d1", 0, 9)).map(({ seq }) => seq)).toEqual([1, 2]);
});

test("who reads the log is told nothing that a power cut could undo", async () => {
  const disk = new SlowDisk();
  const { store } = await house({ durability: "full", flush: disk.flush });
  const hold = await held(store);
  disk.hold();
  const written = store.ledger.record(hold, { events: [received("a", "1")] });
  await disk.asked();
  let told = false;
  const reads = Promise.all([
    store.ledger.after("d1", 0, 9),
    store.ledger.page({ tenant: "default", after: 0, types: null, devices: null, limit: 9 }),
  ]).finally(() => (told = true));
  await store.devices.list(); // another reader, who is told something else
  expect(told).toBe(false);
  disk.letGo();
  await written;
  const [after, page] = await reads;
  expect([after.length, page.events.length]).toEqual([1, 1]);
});

test("a disk that failed once is not believed again", async () => {
  const disk = new SlowDisk();
  const { store, dir } = await house({ durability: "full", flush: disk.flush });
  const hold = await held(store);
  const vault = await store.vaults.open(hold);
  disk.hold();
  const lost = vault.commit({ credentials: "lost" });
  await disk.asked();
  disk.breaks();
  expect(await refusal(lost)).toMatch(/^unavailable: The disk reports an error/);
  expect(await refusal(vault.commit({ credentials: "later" }))).toMatch(/^unavailable: .*start Merpati again/);
  await vault.close();
  await store.close();
  const { store: again } = await house({ durability: "full", dir });
  const anew = await again.vaults.open(await again.devices.hold("d1", new AbortController().signal));
  await anew.commit({ credentials: "new" });
  await anew.close();
});

test("DURABILITY=normal waits for no disk", async () => {
  const disk = new SlowDisk();
  const { store } = await house({ durability: "normal", flush: disk.flush });
  disk.hold();
  await held(store);
  expect(disk.waiting).toBe(0);
});

test("the log is copied into the database while it is written, and begins anew before it grows long", async () => {
  const { store, dir } = await house({ durability: "full" });
  const hold = await held(store);
  const events = Array.from({ length: 20 }, () => received("a", "x".repeat(2_000)));
  const log = join(dir, "merpati.sqlite-wal");
  let copied = 0;
  for (let round = 0; round < 1_000; round++) {
    await store.ledger.record(hold, {
      events: events.map((event) => ({ ...event, once: `${round} ${Math.random()}` })),
    });
    copied = Math.max(copied, statSync(join(dir, "merpati.sqlite")).size);
  }
  // 40 MB of texts alone, each written more than once.
  expect(statSync(log).size).toBeLessThan(64 * 2 ** 20);
  expect(copied).toBeGreaterThan(20 * 2 ** 20);
  expect((await store.ledger.after("d1", 0, 20_000)).length).toBe(20_000);
});
