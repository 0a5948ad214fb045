import { accountFacts } from "../../src/core/ports/vault.ts";
import { expect } from "bun:test";
import type { JournalEntry } from "../../src/core/ports/vault.ts";
import { device, held, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const entry = (hash: string): JournalEntry => ({ hash, stanza: "stanza", plaintext: bytes("plain") });
const account = { jid: "1@s.whatsapp.net", lid: null, name: null };

holds("keys, credentials and journal are written together, at once", async (open) => {
  const { store } = await open();
  const vault = await store.vaults.open(await held(store));
  expect(await vault.credentials()).toBeNull();
  const keys = { session: { a: bytes("s"), b: "text" }, "pre-key": { 1: "k" } };
  await vault.commit({ credentials: "creds", keys, journal: [entry("h1"), entry("h2")] });
  expect(await vault.credentials()).toBe("creds");
  await vault.commit({ keys: { "pre-key": { 1: null } }, settled: ["h1"] });
  expect(await vault.get("session", ["a", "b", "c"])).toEqual({ a: bytes("s"), b: "text" });
  expect(await vault.get("pre-key", ["1"])).toEqual({});
  expect(await vault.journalled("h1")).toEqual({ plaintext: null });
  expect(await vault.journalled("h2")).toEqual({ plaintext: bytes("plain") });
  expect(await vault.journalled("h3")).toBeNull();
  expect(await vault.pending()).toEqual([entry("h2")]);
  await vault.close();
});

holds("a hash is kept for 14 days, and the last ones whatever the clock says", async (open) => {
  const { store, clock } = await open();
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

holds("an older owner can no longer write", async (open) => {
  const { store } = await open();
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

holds("devices do not see each other's keys", async (open) => {
  const { store } = await open();
  const [one, other] = [await store.vaults.open(await held(store)), await store.vaults.open(await held(store, "d2"))];
  await one.commit({ credentials: "c", keys: { session: { a: "s" } }, journal: [entry("h")] });
  await other.commit({ keys: { session: { a: "t" } } });
  expect([await other.credentials(), await other.journalled("h"), await other.pending()]).toEqual([null, null, []]);
  await other.erase();
  expect(await one.get("session", ["a"])).toEqual({ a: "s" });
  expect(await one.credentials()).toBe("c");
});

holds("a logout forgets everything but what is known of accounts, and the device may be linked anew", async (open) => {
  const { store } = await open();
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

holds("a device that comes back after its removal finds nothing of its own", async (open) => {
  const { store } = await open();
  const vault = await store.vaults.open(await held(store));
  await vault.commit({
    credentials: "c",
    keys: { session: { a: "s" } },
    journal: [entry("h"), entry("i")],
    settled: ["i"],
  });
  await vault.close();
  await store.devices.remove("d1");
  const again = await store.vaults.open(await held(store));
  expect([await again.credentials(), await again.get("session", ["a"]), await again.pending()]).toEqual([null, {}, []]);
  expect([await again.journalled("h"), await again.journalled("i")]).toEqual([null, null]);
  await again.close();
});

holds("what a device takes elsewhere is its credentials and keys, and nothing of messages", async (open) => {
  const { store } = await open();
  const vault = await store.vaults.open(await held(store));
  const keys = { session: { a: bytes("s") }, "pre-key": { 1: "k" } };
  await vault.commit({ credentials: "c", keys, journal: [entry("h")], seen: ["i"] });
  expect(await vault.everything()).toEqual({ credentials: "c", keys });
  await vault.close();
});
