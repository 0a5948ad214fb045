import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../src/core/ports/store.ts";
import { mergeSteps } from "../../src/store/devices/merge.ts";
import { openStore } from "../../src/store/open.ts";
import { HandClock } from "../clock.ts";
import { device, folder, house, raw, refusal } from "./house.ts";
import { makeDeviceFile } from "./old/device-file.ts";

const account = { jid: "1@s.whatsapp.net", lid: null, name: null };
const uids = ["d1", "d2"];

/** A folder with two linked devices whose keys stand in files of their own. */
async function former(): Promise<string> {
  const dir = folder();
  const { store } = await house({ dir });
  for (const uid of uids) await store.devices.create(device(uid, { account }));
  await store.close();
  for (const uid of uids) makeDeviceFile(dir, uid);
  return dir;
}

async function vaultOf(store: Store, uid: string) {
  return store.vaults.open(await store.devices.hold(uid, new AbortController().signal));
}

async function expectTaken(store: Store, uid: string): Promise<void> {
  const vault = await vaultOf(store, uid);
  expect(await vault.credentials()).toBe(`creds of ${uid}`);
  expect(await vault.get("session", ["a.0"])).toEqual({ "a.0": new Uint8Array(Buffer.from("record")) });
  expect(await vault.get("lid-mapping", ["b"])).toEqual({ b: '"c"' });
  expect(await vault.journalled("told")).toEqual({ plaintext: null });
  expect(await vault.pending()).toEqual([
    { hash: "untold", stanza: "stanza", plaintext: new Uint8Array(Buffer.from("plain")) },
  ]);
  await vault.close();
}

test("files of devices are taken over at the first start, and copies put aside", async () => {
  const dir = await former();
  const { store } = await house({ dir });
  for (const uid of uids) await expectTaken(store, uid);
  expect(existsSync(join(dir, "devices"))).toBe(false);
  expect(readdirSync(join(dir, "devices-before-merge")).sort()).toEqual(["d1.sqlite", "d2.sqlite"]);
  expect(statSync(join(dir, "devices-before-merge", "d1.sqlite")).mode & 0o777).toBe(0o600);
});

test("kill -9 at every step of it loses nothing, and what was taken over is not taken again", async () => {
  const base = await former();
  const steps = mergeSteps.length * uids.length;
  for (let nth = 0; nth < steps; nth++) {
    const dir = folder();
    cpSync(base, dir, { recursive: true });
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "merge-killed.ts"), dir, String(nth)]);
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
    const first = await openStore({ dir, clock: new HandClock(), targetsOf: () => [] });
    for (const uid of uids) await expectTaken(first, uid);
    const vault = await vaultOf(first, "d1");
    await vault.commit({ keys: { session: { "a.0": "a later step" } }, settled: ["untold"] });
    await first.close();
    const { store } = await house({ dir });
    expect(await (await vaultOf(store, "d1")).get("session", ["a.0"])).toEqual({ "a.0": "a later step" });
    await expectTaken(store, "d2");
    expect(existsSync(join(dir, "devices"))).toBe(false);
  }
  // One step more and it is through.
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "merge-killed.ts"), base, String(steps)]);
  expect(await child.exited).toBe(0);
}, 60_000);

test("a file that could not be removed is not read a second time", async () => {
  const dir = await former();
  const { store } = await house({ dir });
  const vault = await vaultOf(store, "d1");
  await vault.commit({ keys: { session: { "a.0": "a later step" } } });
  await store.close();
  makeDeviceFile(dir, "d1");
  const { store: again } = await house({ dir });
  expect(await (await vaultOf(again, "d1")).get("session", ["a.0"])).toEqual({ "a.0": "a later step" });
  expect(existsSync(join(dir, "devices"))).toBe(false);
});

test("a damaged file stays as it is and costs only its own device", async () => {
  const dir = await former();
  const file = join(dir, "devices", "d1.sqlite");
  const db = new Database(file);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  const whole = await Bun.file(file).bytes();
  const broken = whole.slice();
  broken.fill(0xaa, 4096, broken.length);
  for (const bytes of [broken, Buffer.from("not a database, whatever it says it is")]) {
    await Bun.write(file, bytes);
    const { store } = await house({ dir });
    expect(await refusal(vaultOf(store, "d1"))).toMatch(/^unavailable: devices\/d1.sqlite is damaged.*backup/);
    await expectTaken(store, "d2");
    expect(await Bun.file(file).bytes()).toEqual(new Uint8Array(bytes));
    await store.close();
  }
  await Bun.write(file, whole);
  const { store } = await house({ dir });
  await expectTaken(store, "d1");
});

test("a logout forgets the copy, and a file that could not be taken over", async () => {
  const dir = await former();
  const file = join(dir, "devices", "d1.sqlite");
  await Bun.write(file, "not a database");
  const { store } = await house({ dir });
  await (await vaultOf(store, "d2")).erase();
  expect(existsSync(join(dir, "devices-before-merge", "d2.sqlite"))).toBe(false);
  await store.devices.update("d1", { account: null });
  await (await vaultOf(store, "d1")).erase();
  expect(existsSync(file)).toBe(false);
});

test("copies go with their device, and after a week", async () => {
  const dir = await former();
  const { store, clock } = await house({ dir });
  await store.devices.remove("d1");
  const aside = join(dir, "devices-before-merge");
  expect(readdirSync(aside)).toEqual(["d2.sqlite"]);
  for (const table of ["credentials", "signal_key", "seen", "journal", "merged"]) {
    const count = raw(dir).query(`SELECT count(*) AS n FROM ${table} WHERE device = 'd1'`).get();
    expect([table, count]).toEqual([table, { n: 0 }]);
  }
  await store.close();
  const made = clock.now() / 1000;
  utimesSync(join(aside, "d2.sqlite"), made, made);
  clock.wind(7 * 24 * 3_600_000);
  await (await openStore({ dir, clock, targetsOf: () => [] })).close();
  expect(readdirSync(aside)).toEqual(["d2.sqlite"]);
  clock.wind(1);
  await (await openStore({ dir, clock, targetsOf: () => [] })).close();
  expect(existsSync(aside)).toBe(false);
});
