import { accountFacts } from "../../src/core/ports/vault.ts";
import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/ports/vault.ts";
import { device, held, house, raw, refusal } from "./house.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const entry = (hash: string): JournalEntry => ({ hash, stanza: "stanza", plaintext: bytes("plain") });
const account = { jid: "1@s.whatsapp.net", lid: null, name: null };

test("keys, credentials and journal are written together, at once", async () => {
  const { store } = await house();
  const vault = await store.vaults.open(await held(store));
  expect(await vault.credentials()).toBeNull();
  const keys = { session: { a: bytes("s"), b: "text" }, "pre-key": { 1: "k" } };
  const done = vault.commit({ credentials: "creds", keys, journal: [entry("h1"), entry("h2")] });
  expect(await vault.credentials()).toBe("creds"); // before the promise was awaited
  await done;
  await vault.commit({ keys: { "pre-key": { 1: null } }, settled: ["h1"] });
  expect(await vault.get("session", ["a", "b", "c"])).toEqual({ a: bytes("s"), b: "text" });
  expect(await vault.get("pre-key", ["1"])).toEqual({});
  expect(await vault.journalled("h1")).toEqual({ plaintext: null });
  expect(await vault.journalled("h2")).toEqual({ plaintext: bytes("plain") });
  expect(await vault.journalled("h3")).toBeNull();
  expect(await vault.pending()).toEqual([entry("h2")]);
  await vault.close();
});

test("a hash is kept for 14 days, and the last ones whatever the clock says", async () => {
  const { store, clock } = await house();
  const vault = await store.vaults.open(await held(store));
  const later = Array.from({ length: 10_000 }, (_, place) => `later ${place}`);
  await vault.commit({ journal: ["h1", "h2", "h3"].map(entry), settled: ["h1", "h2"] });
  const isKept = async (hash: string) => (await vault.journalled(hash)) !== null;
  clock.wind(14 * 24 * 3_600_000);
  await vault.commit({ journal: later.map(entry), settled: later });
  expect(await isKept("h1")).toBe(true);
  clock.wind(24 * 3_600_000);
  await vault.commit({ journal: [entry("last")], settled: ["last"] });
  expect(await Promise.all(["h1", "h2", "h3"].map(isKept))).toEqual([false, false, true]); // the third is not settled
  expect(await vault.pending()).toEqual([entry("h3")]);
  clock.wind(365 * 24 * 3_600_000);
  await vault.commit({ settled: ["h3"] });
  await vault.commit({ settled: ["later 0"] });
  expect(await Promise.all(["h3", "later 0", "last"].map(isKept))).toEqual([false, true, true]);
  await vault.close();
});

test("an older owner can no longer write", async () => {
  const { store } = await house();
  const first = await held(store);
  const old = await store.vaults.open(first);
  await store.devices.create(device("d2"));
  const present = await store.vaults.open(await store.devices.hold("d1", new AbortController().signal));
  expect(await refusal(old.commit({ credentials: "old" }))).toStartWith("unavailable: ");
  expect(await refusal(store.vaults.open(first))).toStartWith("unavailable: ");
  await present.commit({ credentials: "new" });
  expect(await old.credentials()).toBe("new");
  await old.close();
  await present.close();
});

test("a linked device whose keys are gone is refused, never renewed", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  const vault = await store.vaults.open(hold);
  await vault.commit({ credentials: "creds", keys: { session: { a: bytes("record") } } });
  await store.devices.update("d1", { account });
  await vault.close();
  raw(dir).run("DELETE FROM credentials");
  expect(await refusal(store.vaults.open(hold))).toMatch(/^unavailable: .*keys .* are gone.*backup/);
  raw(dir).run("INSERT INTO credentials VALUES ('d1', 'put back')");
  const again = await store.vaults.open(hold);
  expect(await again.credentials()).toBe("put back");
  await again.close();
});

test("devices do not see each other's keys", async () => {
  const { store } = await house();
  const [one, other] = [await store.vaults.open(await held(store)), await store.vaults.open(await held(store, "d2"))];
  await one.commit({ credentials: "c", keys: { session: { a: "s" } }, journal: [entry("h")] });
  await other.commit({ keys: { session: { a: "t" } } });
  expect([await other.credentials(), await other.journalled("h"), await other.pending()]).toEqual([null, null, []]);
  await other.erase();
  expect(await one.get("session", ["a"])).toEqual({ a: "s" });
  expect(await one.credentials()).toBe("c");
});

test("a logout forgets everything but what is known of accounts, and the device may be linked anew", async () => {
  const { store } = await house();
  const hold = await held(store, "d1", { account });
  expect(await refusal(store.vaults.open(hold))).toStartWith("unavailable: ");
  await store.devices.update("d1", { account: null });
  const vault = await store.vaults.open(hold);
  const keys = { session: { a: "s" }, [accountFacts]: { b: "f" } };
  await vault.commit({ credentials: "c", keys, journal: [entry("h")] });
  await store.devices.update("d1", { account });
  await vault.erase();
  expect([await vault.credentials(), await vault.get("session", ["a"]), await vault.pending()]).toEqual([null, {}, []]);
  expect(await vault.get(accountFacts, ["b"])).toEqual({ b: "f" });
  expect((await store.devices.list())[0]?.account).toBeNull();
  await vault.close();
});

test("a full disk refuses the commit and nothing of it is written", async () => {
  const { store } = await house({ maxPages: 130 });
  const vault = await store.vaults.open(await held(store));
  await vault.commit({ credentials: "before" });
  const batch = { credentials: "after", keys: { session: { a: bytes("x".repeat(400_000)) } }, journal: [entry("h")] };
  expect(await refusal(vault.commit(batch))).toMatch(/^unavailable: .*disk is full/);
  expect([await vault.credentials(), await vault.get("session", ["a"])]).toEqual(["before", {}]);
  expect(await vault.pending()).toEqual([]);
  await vault.commit({ credentials: "small" });
  expect(await vault.credentials()).toBe("small");
  await vault.close();
});

test("nobody else on the machine may read the files", async () => {
  const { store, dir } = await house();
  const vault = await store.vaults.open(await held(store));
  await vault.commit({ credentials: "c" });
  for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    const { mode } = statSync(join(dir, name));
    expect([name, mode & 0o777]).toEqual([name, 0o600]);
  }
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  await vault.close();
});

test("a removed device leaves no row", async () => {
  const { store, dir } = await house();
  const vault = await store.vaults.open(await held(store));
  await vault.commit({
    credentials: "c",
    keys: { session: { a: "s" } },
    journal: [entry("h"), entry("i")],
    settled: ["i"],
  });
  await vault.close();
  await store.devices.remove("d1");
  for (const table of ["device", "credentials", "signal_key", "seen", "journal"])
    expect([table, raw(dir).query(`SELECT count(*) AS n FROM ${table}`).get()]).toEqual([table, { n: 0 }]);
});
