import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { NewStoredMessage } from "../../src/core/ports/history.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { held, house, raw } from "./house.ts";

const ann = "628123456789@s.whatsapp.net";
const day = 24 * 3_600_000;

const said = (id: string, changes: Partial<NewStoredMessage> = {}): NewStoredMessage => ({
  id,
  chat: ann,
  sender: ann,
  fromMe: false,
  pushName: "Ann",
  at: 1_000,
  content: { kind: "text", text: `words of ${id}` },
  context: {},
  wire: new Uint8Array([1]),
  ...changes,
});

async function kept(store: Store, device: string, id: string, bytes: string) {
  const { sha256, size } = await store.media.keep(new Blob([bytes]).stream(), 1_000);
  const file = { id, tenant: "default", device, mime: "image/jpeg", name: null, size, sha256 };
  const rest = {
    state: "ready",
    reason: null,
    remote: null,
    facts: {},
    thumbnail: null,
    createdAt: 0,
    usedAt: 0,
  } as const;
  await store.media.add({ ...file, ...rest });
  const content = {
    kind: "image" as const,
    mime: file.mime,
    size,
    sha256,
    media_id: id,
    url: "u",
    state: "ready" as const,
  };
  return { sha256, content };
}

const bytesIn = (dir: string) =>
  existsSync(join(dir, "media"))
    ? readdirSync(join(dir, "media"), { recursive: true, encoding: "utf8" }).filter((name) => name.length > 60)
    : [];

test("files of one content are one file, and go with the last that names them", async () => {
  const { store, dir } = await house();
  await held(store);
  await kept(store, "d1", "m1", "same");
  await kept(store, "d1", "m2", "same");
  expect(bytesIn(dir)).toHaveLength(1);
  const policy = { now: 10 * day, due: 0, owedTo: [], maxAge: day, maxBytes: 1e12 };
  await store.retention.prune({ ...policy, maxHistoryAge: 20 * day });
  expect(bytesIn(dir)).toHaveLength(1);
  await store.retention.prune({ ...policy, maxHistoryAge: day });
  expect(bytesIn(dir)).toHaveLength(0);
  expect(await store.media.get("m1")).toBeNull();
});

test("a file above the limit, or whose source breaks off, leaves nothing behind", async () => {
  const { store, dir } = await house();
  const big = new Blob(["x".repeat(2_000)]).stream();
  expect(await store.media.keep(big, 1_000).catch((error: unknown) => error)).toMatchObject({ code: "too_large" });
  const broken = (async function* () {
    yield new Uint8Array(10);
    throw new Error("cut");
  })();
  expect(await store.media.keep(broken, 1_000).catch(String)).toContain("cut");
  expect(readdirSync(join(dir, "media"))).toEqual([]);
});

test("erasing a person takes their messages, files, chat and name, and nobody else's", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  const { content } = await kept(store, "d1", "m1", "hers");
  await kept(store, "d1", "m2", "his");
  const other = "628999000111@s.whatsapp.net";
  await store.ledger.record(hold, {
    events: [],
    contacts: [{ phone: "628123456789", lid: null, name: null, pushName: "Ann" }],
    history: [
      { type: "said", said: said("1", { content }) },
      { type: "said", said: said("2", { chat: "1@g.us" }) },
      { type: "said", said: said("3", { chat: other, sender: other }) },
    ],
  });
  expect(await store.history.erase("d1", [ann])).toBe(2);
  expect(await store.history.chat("d1", ann)).toBeNull();
  expect(await store.contacts.list("d1", { search: null, after: null, limit: 9 })).toEqual([]);
  expect(bytesIn(dir)).toHaveLength(1);
  const left = await store.history.page("d1", { chat: null, search: null, before: null, limit: 9 });
  expect(left.map((each) => each.message.id)).toEqual(["3"]);
});

test("a device that goes takes everything of its own along", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  await kept(store, "d1", "m1", "bytes");
  await store.ledger.record(hold, {
    events: [],
    contacts: [{ phone: "1", lid: null, name: "A", pushName: null }],
    history: [{ type: "said", said: said("1") }],
  });
  await store.devices.remove("d1");
  expect(bytesIn(dir)).toEqual([]);
  expect(await store.history.chats("d1", { after: null, limit: 9 })).toEqual([]);
  expect(await store.contacts.list("d1", { search: null, after: null, limit: 9 })).toEqual([]);
});

test("a search walks through the words of its own device, and finds what punctuation stands around", async () => {
  const { store, dir } = await house();
  const [mine, theirs] = [await held(store, "d1"), await held(store, "d2")];
  const say = (hold: typeof mine, id: string, text: string) =>
    store.ledger.record(hold, {
      events: [],
      history: [{ type: "said", said: said(id, { content: { kind: "text", text } }) }],
    });
  await say(mine, "1", "Hello, (world)! été_1");
  for (let n = 0; n < 50; n++) await say(theirs, `t${n}`, `world ${n}`);
  const search = async (device: string, words: string) =>
    (await store.history.page(device, { chat: null, search: words, before: null, limit: 500 })).length;
  expect(await search("d1", "world")).toBe(1);
  expect(await search("d1", "hello wor")).toBe(1);
  expect(await search("d1", "ETE")).toBe(1);
  expect(await search("d1", "1")).toBe(1);
  expect(await search("d2", "w")).toBe(50);
  const terms = raw(dir).query<{ n: number }, []>(
    "SELECT count(*) AS n FROM said_words WHERE said_words MATCH 'world*'",
  );
  expect(terms.get()).toEqual({ n: 0 }); // no word stands in the index without its device
});
