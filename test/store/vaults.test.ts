import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/ports/vault.ts";
import { held, house, raw, refusal } from "./house.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const entry = (hash: string): JournalEntry => ({ hash, stanza: "stanza", plaintext: bytes("plain") });
const account = { jid: "1@s.whatsapp.net", lid: null, name: null };

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
