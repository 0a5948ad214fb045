import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../src/core/ports/store.ts";
import { rotateOwnerKey, sealState, sealStore, unsealStore } from "../../src/store/conversion/conversion.ts";
import { sealedTables } from "../../src/store/conversion/columns.ts";
import { endpoint, folder, held, house, outgoing, raw, received, refusal } from "./house.ts";

const key = randomBytes(32);
const ours = () => key;
const chat = "628111@s.whatsapp.net";
const bytes = (text: string) => new TextEncoder().encode(text);
const secrets = [
  "CREDENTIAL",
  "RATCHET",
  "RATCHETTEXT",
  "PLAINTEXT",
  "STANZA",
  "WHSEC",
  "HEADER",
  "URLTOKEN",
  "PLUGINKEY",
  "MEDIAKEY",
  "PROXYPASSWORD",
];
const contents = [
  "EVENTTEXT",
  "SAIDTEXT",
  "SAIDWIRE",
  "QUOTED",
  "QUEUED",
  "BULKTEXT",
  "EARLYEDIT",
  "FILENAME",
  "FILEBYTES",
  "THUMB",
  "RESPONSE",
];

const stored = (id: string, text: string) => ({
  id,
  chat,
  sender: chat,
  fromMe: false,
  pushName: null,
  at: 1_000,
  content: { kind: "text" as const, text },
  context: { reply_to: { id: "Q", sender: chat, content: { kind: "text" as const, text: `QUOTED ${id}` } } } as never,
  wire: bytes(`SAIDWIRE ${id}`),
});

const file = (text: string) =>
  (async function* () {
    yield bytes(text);
  })();

/** Writes a value that can be told into everything that can be sealed. */
async function fill(store: Store): Promise<void> {
  const hold = await held(store);
  const vault = await store.vaults.open(hold);
  await vault.commit({
    credentials: '{"noise":"CREDENTIAL"}',
    keys: { session: { a: bytes("RATCHET"), b: "RATCHETTEXT" } },
    journal: [{ hash: "h1", stanza: "STANZA", plaintext: bytes("PLAINTEXT") }],
  });
  await store.endpoints.put(
    endpoint("https://example.com/?token=URLTOKEN", { headers: { "x-key": "HEADER" }, secrets: ["WHSEC"] as never }),
  );
  const proxy = { scheme: "http", host: "proxy.example.com", port: 8080, username: "u" } as const;
  await store.proxies.set({ device: "d1" }, { ...proxy, password: "PROXYPASSWORD" });
  await store.pluginData.set("p", "settings", { api: "PLUGINKEY" });
  const kept = await store.media.keep(file("FILEBYTES"), 1_000);
  const media = { id: "f1", mime: "text/plain", name: "FILENAME.txt", remote: "MEDIAKEY", ...kept };
  await store.ledger.record(hold, {
    events: [received(chat, "EVENTTEXT", "E1")],
    history: [
      { type: "said", said: stored("S1", "SAIDTEXT") },
      { type: "edited", chat, author: chat, id: "LATER", at: 5, content: { kind: "text", text: "EARLYEDIT" } },
    ],
    media: [media],
  });
  await store.media.update("f1", { state: "ready", thumbnail: bytes("THUMB") });
  await store.messages.queue("d1", outgoing("m1", { content: { kind: "text", text: "QUEUED" } }));
  const content = { kind: "text" as const, text: "BULKTEXT" };
  const drafted = ["b1", "b2"].map((id) => ({
    message: outgoing(id, { content, chat: `${id}@s.whatsapp.net` }),
    wait: null,
  }));
  await store.bulks.queue(
    { id: "bulk", device: "d1", total: 2, createdAt: 1, cancelledAt: null, doneAt: null },
    drafted,
    null,
  );
}

/** Everything that `fill` wrote, as it is read. */
async function readAll(store: Store): Promise<unknown> {
  const vault = await store.vaults.open(await store.devices.hold("d1", new AbortController().signal));
  const page = { chat: null, search: null, before: null, limit: 9 };
  return {
    credentials: await vault.credentials(),
    keys: await vault.get("session", ["a", "b"]),
    everything: await vault.everything(),
    proxies: await store.proxies.list(),
    pending: await vault.pending(),
    endpoints: await store.endpoints.list(),
    plugin: await store.pluginData.list("p", "", 5_000),
    events: await store.ledger.after("d1", 0, 9),
    said: await store.history.page("d1", page),
    wire: Buffer.from((await store.history.wire("d1", { chat, author: chat, id: "S1" })) ?? []).toString(),
    messages: (await store.messages.list("d1", { state: null, reason: null, before: null, limit: 9 })).messages,
    media: { ...(await store.media.get("f1")), thumbnail: null },
    thumbnail: Buffer.from((await store.media.get("f1"))?.thumbnail ?? []).toString(),
    file: await (await store.media.bytes((await store.media.get("f1"))?.sha256 ?? ""))?.text(),
  };
}

/** Which of the words stand in plain text anywhere below a folder. */
function found(dir: string, words: readonly string[]): string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const all = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  return words.filter((word) => all.some((data) => data.includes(word)));
}

async function filled(): Promise<string> {
  const dir = folder();
  const { store } = await house({ dir });
  await fill(store);
  // What was freed before the store is sealed may not stay either.
  raw(dir).run("INSERT INTO attempt VALUES (1, 'webhook:w', 1, 1, 1, 200, NULL, 'RESPONSE')");
  await store.close();
  expect(found(dir, [...secrets, ...contents])).toEqual([...secrets, ...contents]);
  return dir;
}

test("sealed with contents no secret and no text stands in the folder, and all of it is read as before", async () => {
  const dir = folder();
  const first = (await house({ dir })).store;
  await fill(first);
  await first.pluginData.set("p", "gone", "FREEDTEXT".repeat(500));
  await first.pluginData.delete("p", "gone");
  const before = await readAll(first);
  await first.close();
  const words = [...secrets, ...contents.filter((word) => word !== "RESPONSE")];
  expect(found(dir, words)).toEqual(words);
  await sealStore(dir, ours, true);
  expect(found(dir, [...words, "FREEDTEXT"])).toEqual([]);
  const { store } = await house({ dir, ownerKey: ours });
  expect(await readAll(store)).toEqual(before);
  // While it runs, with its log, and what comes now.
  const hold = await store.devices.hold("d1", new AbortController().signal);
  await store.ledger.record(hold, {
    events: [received(chat, "EVENTTEXT two", "E2")],
    history: [{ type: "said", said: stored("LATER", "SAIDTEXT two") }],
  });
  await store.media.keep(file("FILEBYTES two"), 1_000);
  expect(found(dir, words)).toEqual([]);
  const { message } = (await store.history.page("d1", { chat: null, search: null, before: null, limit: 1 }))[0] ?? {};
  expect(message).toMatchObject({ id: "LATER", content: { text: "EARLYEDIT" } });
  await store.close();
  await unsealStore(dir, ours);
  expect(found(dir, words)).toEqual(words);
  const open = (await house({ dir })).store;
  const page = await open.history.page("d1", { chat: null, search: "saidtext", before: null, limit: 9 });
  expect(page.map((each) => each.message.id)).toEqual(["S1"]);
});

test("sealed without contents secrets are gone, texts stay and are found; contents can follow", async () => {
  const dir = await filled();
  const texts = ["EVENTTEXT", "SAIDTEXT", "FILEBYTES"];
  await sealStore(dir, ours, false);
  expect(found(dir, [...secrets, ...texts])).toEqual(texts);
  const { store } = await house({ dir, ownerKey: ours });
  expect(await store.history.page("d1", { chat: null, search: "saidtext", before: null, limit: 9 })).toHaveLength(1);
  const hold = await store.devices.hold("d1", new AbortController().signal);
  await store.ledger.record(hold, {
    events: [{ type: "device.qr", at: 1, chat: null, once: "q", data: { qr: "LINKQR", expires_at: 2 } }],
  });
  expect(found(dir, ["LINKQR"])).toEqual([]);
  await store.close();
  await sealStore(dir, ours, true);
  expect(found(dir, [...secrets, ...contents, ...texts])).toEqual([]);
  const sealed = (await house({ dir, ownerKey: ours })).store;
  const search = sealed.history.page("d1", { chat: null, search: "saidtext", before: null, limit: 9 });
  expect(await refusal(search)).toBe(
    "conflict: What was said is sealed here (merpati seal status), so it cannot be searched. Leave out search.",
  );
});

test("a person is erased from sealed contents as from others", async () => {
  const dir = await filled();
  await sealStore(dir, ours, true);
  const { store } = await house({ dir, ownerKey: ours });
  const hold = await store.devices.hold("d1", new AbortController().signal);
  const other = { ...stored("S2", "SAIDTEXT other"), chat: "9@g.us", sender: "628222@s.whatsapp.net" };
  await store.ledger.record(hold, {
    events: [received("9@g.us", `by "${chat}"`, "E3")],
    history: [{ type: "said", said: other }],
  });
  const traces = await Array.fromAsync(store.history.traces("d1", [chat]));
  expect(traces.map(({ type }) => type)).toEqual(["said", "event"]);
  expect(traces[0]).toMatchObject({ message: { id: "S1", content: { text: "SAIDTEXT" } } });
  await store.history.erase("d1", [chat]);
  const left = await store.history.page("d1", { chat: null, search: null, before: null, limit: 9 });
  expect(left.map(({ message }) => [message.id, message.context])).toEqual([["S2", {}]]);
  expect(await store.history.wire("d1", { chat: "9@g.us", author: null, id: "S2" })).toHaveLength(0);
  expect((await store.ledger.after("d1", 0, 9).catch(() => [])).map(({ type }) => type)).toEqual([]);
});

test("without the key, or with another, a sealed store is refused with a sentence", async () => {
  const dir = await filled();
  await sealStore(dir, ours, false);
  const owner = sealState(dir)?.owner;
  expect(await refusal(house({ dir }))).toBe(
    `unavailable: This store is sealed, and no key is set: set SEAL_KEY_FILE to the file with the key ${owner}.`,
  );
  expect(await refusal(house({ dir, ownerKey: () => randomBytes(32) }))).toMatch(
    new RegExp(`^unavailable: This store is sealed with the key ${owner}; the one that is set is \\w{16}\\.`),
  );
});

test("another key of the operator's wraps the same data key", async () => {
  const dir = await filled();
  await sealStore(dir, ours, false);
  const values = () => raw(dir).query("SELECT value FROM signal_key ORDER BY id").all();
  const [before, next] = [values(), randomBytes(32)];
  rotateOwnerKey(dir, ours, next);
  expect(values()).toEqual(before);
  expect(await refusal(house({ dir, ownerKey: ours }))).toStartWith("unavailable: ");
  const { store } = await house({ dir, ownerKey: () => next });
  expect(await readAll(store)).toMatchObject({ credentials: '{"noise":"CREDENTIAL"}' });
});

test("a value opens in its own row and column only", async () => {
  const dir = await filled();
  await sealStore(dir, ours, false);
  raw(dir).run(
    "UPDATE signal_key SET value = (SELECT value FROM signal_key AS other WHERE other.id = iif(signal_key.id = 'a', 'b', 'a'))",
  );
  raw(dir).run("UPDATE endpoint SET headers = secrets");
  const { store } = await house({ dir, ownerKey: ours });
  const vault = await store.vaults.open(await store.devices.hold("d1", new AbortController().signal));
  expect(await refusal(vault.get("session", ["a"]))).toBe(
    "unavailable: A sealed value (signal_key.value) was changed, or belongs elsewhere. Put back a backup: merpati backup list.",
  );
  expect(await refusal(store.endpoints.list())).toStartWith("unavailable: A sealed value (endpoint.headers)");
  // Nor does plain text in the place of a sealed value.
  raw(dir).run("UPDATE signal_key SET value = 'text'");
  expect(await refusal(vault.get("session", ["a"]))).toStartWith("unavailable: ");
});

/** The head of every sealed value of a store: the salt of its key and the count that is its nonce. */
function nonces(dir: string): string[] {
  const db = raw(dir);
  const rows = db.query<{ number: number; salt: Uint8Array }, []>("SELECT * FROM seal_session").all();
  const salts = new Map(rows.map(({ number, salt }) => [number, Buffer.from(salt).toString("hex")]));
  const headOf = (value: string | Uint8Array): string => {
    const data = typeof value === "string" ? Buffer.from(value.replace(/["[\]]/g, ""), "base64") : Buffer.from(value);
    return `${salts.get(data.readUInt32BE(1))} ${data.toString("hex", 5, 11)}`;
  };
  return sealedTables.flatMap(({ table, columns }) =>
    columns.flatMap(({ name }) =>
      db
        .query<{ value: string | Uint8Array }, []>(
          `SELECT ${name} AS value FROM ${table} WHERE ${name} IS NOT NULL AND ${name} <> 'null'`,
        )
        .all()
        .map(({ value }) => headOf(value)),
    ),
  );
}

test("no nonce is used twice under one key, not by a copy that goes on either", async () => {
  const dir = await filled();
  await sealStore(dir, ours, true);
  const copy = folder();
  cpSync(dir, copy, { recursive: true });
  for (const at of [dir, copy]) {
    const { store } = await house({ dir: at, ownerKey: ours });
    for (const name of ["x", "y"]) await store.pluginData.set("p", name, at);
    await store.close();
  }
  const [here, there] = [nonces(dir), nonces(copy)];
  expect(here.filter((head) => head.startsWith("undefined"))).toEqual([]);
  expect(new Set(here).size).toBe(here.length);
  // What both hold was sealed before; the two that each wrote since are its own.
  expect(there.filter((head) => !here.includes(head))).toHaveLength(2);
});

test("killed at any moment of sealing or opening, it goes on and ends", async () => {
  const dir = await filled();
  // More than a slice of one table.
  raw(dir).run(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
     INSERT INTO plugin_data SELECT 'p', 'k' || i, json_object('n', i) FROM n`,
  );
  const plain = (await house({ dir })).store;
  const before = await readAll(plain);
  await plain.close();
  const keyFile = join(folder(), "key");
  writeFileSync(keyFile, key);
  const killed = (verb: string, step: number) =>
    Bun.spawn([process.execPath, join(import.meta.dir, "seal-killed.ts"), dir, keyFile, verb, String(step)]).exited;
  const settle = async (verb: string) => {
    // Each goes on where the one before was killed; the last is killed within that table.
    for (const step of [0, 2, 1]) expect([verb, await killed(verb, step)]).toEqual([verb, 137]);
    expect(sealState(dir)).toMatchObject({ isUnderWay: true });
    expect(await refusal(house({ dir, ownerKey: ours }))).toStartWith("unavailable: This store is on its way to be ");
  };
  await settle("on");
  await sealStore(dir, ours, true);
  expect(found(dir, [...secrets, ...contents])).toEqual([]);
  const sealed = (await house({ dir, ownerKey: ours })).store;
  expect(await readAll(sealed)).toEqual(before);
  await sealed.close();
  await settle("off");
  await unsealStore(dir, ours);
  const again = (await house({ dir })).store;
  expect(await readAll(again)).toEqual(before);
}, 30_000);
