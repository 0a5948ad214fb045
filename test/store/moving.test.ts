import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { device, folder, held, house } from "./house.ts";

/** What the docs say for moving a device, with paths of this test: the SQL for the one bot and for the other. */
async function documented(moving: string, uid: string): Promise<string[]> {
  const docs = await Bun.file(join(import.meta.dir, "../../docs/reliability.md")).text();
  const blocks = docs.matchAll(/sqlite3 \w+\/merpati.sqlite "(ATTACH 'moving.sqlite'.*?)"\n/gs);
  return [...blocks].map(([, sql = ""]) => sql.replace("moving.sqlite", moving).replaceAll("$DEVICE_UID", uid));
}

test("a device moves to another folder as the docs say", async () => {
  const account = { jid: "1@s.whatsapp.net", lid: null, name: null };
  const { store, dir } = await house();
  const vault = await store.vaults.open(await held(store));
  const keys = { session: { a: new Uint8Array([1, 2]), b: "text" } };
  const untold = { hash: "h2", stanza: "stanza", plaintext: new Uint8Array([3]) };
  await vault.commit({ credentials: "creds", keys, journal: [{ ...untold, hash: "h1" }, untold], settled: ["h1"] });
  await store.devices.update("d1", { account });
  await store.close();
  const other = await house();
  await other.store.devices.create(device("d2"));
  await other.store.close();

  const [out = "", back = ""] = await documented(join(folder(), "moving.sqlite"), "d1");
  for (const [place, sql] of [
    [dir, out],
    [other.dir, back],
  ]) {
    const db = new Database(join(place ?? "", "merpati.sqlite"));
    db.run(sql ?? "");
    db.close();
  }

  const { store: moved } = await house({ dir: other.dir });
  const opened = await moved.vaults.open(await moved.devices.hold("d1", new AbortController().signal));
  expect(await opened.credentials()).toBe("creds");
  expect(await opened.get("session", ["a", "b"])).toEqual(keys.session);
  expect(await opened.journalled("h1")).toEqual({ plaintext: null });
  expect(await opened.pending()).toEqual([untold]);
  // Never in both: the one it left has no keys to go on with.
  const { store: left } = await house({ dir });
  const hold = await left.devices.hold("d1", new AbortController().signal);
  expect(await left.vaults.open(hold).catch(String)).toContain("keys of this device are gone");
});
