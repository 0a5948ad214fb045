import { expect, test } from "bun:test";
import type { NewStoredMessage } from "../../src/core/ports/history.ts";
import { wordsIn } from "../../src/store/chats/search.ts";
import { held, house, known, raw } from "./house.ts";

const ann = "628123456789@s.whatsapp.net";
const bob = "628123456780@s.whatsapp.net";
const annsLid = "123456789@lid";
const group = "628123456789-1500000000@g.us";
const shelf = 2 ** 14;

const said = (id: string, chat: string, text: string): NewStoredMessage => ({
  id,
  chat,
  sender: chat,
  fromMe: false,
  pushName: null,
  at: 1_000,
  content: { kind: "text", text },
  context: {},
  wire: new Uint8Array([1]),
});

/** A store in which two messages stand on each shelf, at its edges. */
async function shelved(...messages: NewStoredMessage[]) {
  const { store, dir } = await house();
  const hold = await held(store);
  const db = raw(dir);
  for (const [n, message] of messages.entries()) {
    const place = n === 0 ? 1 : n % 2 === 0 ? (n / 2) * shelf : ((n + 1) / 2) * shelf - 1;
    db.run("INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) VALUES (99, 'said', ?)", [place - 1]);
    await store.ledger.record(hold, { events: [], history: [{ type: "said", said: message }] });
  }
  const find = async (search: string, chat: string | null = null, before: number | null = null, limit = 9) =>
    store.history.page("d1", { chat, search, before, limit });
  return {
    store,
    hold,
    find,
    ids: async (...query: Parameters<typeof find>) => (await find(...query)).map((each) => each.message.id),
  };
}

/** Every word in the search index. */
function indexOf(dir: string): string[] {
  const db = raw(dir);
  db.run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.entry USING fts5vocab (main, said_words, row)");
  const terms = db.query<{ term: string }, []>("SELECT term FROM temp.entry ORDER BY term").all();
  return terms.map(({ term }) => term);
}

test("what goes into the index is what its removal takes out of it", async () => {
  const { store, dir } = await house();
  const hold = await held(store, "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000");
  const chats = [ann, annsLid, group, "status@broadcast", "nobody"];
  const history = chats.map((chat, n) => ({ type: "said", said: said(`${n}`, chat, `Été_${n} two  words`) }) as const);
  await store.ledger.record(hold, { events: [], history });
  expect(indexOf(dir).length).toBeGreaterThan(chats.length);
  await store.devices.remove(hold.device);
  expect(indexOf(dir)).toEqual([]);
});

test("what is edited, taken back or removed in the batch that brings it is found by what it says in the end", async () => {
  const { store, dir } = await house();
  const hold = await held(store);
  const name = (id: string) => ({ chat: ann, author: ann, id });
  const edited = { type: "edited", ...name("1"), content: { kind: "text", text: "after" }, at: 2 } as const;
  await store.ledger.record(hold, {
    events: [],
    history: [
      { type: "said", said: said("1", ann, "before one") },
      edited,
      { type: "said", said: said("2", ann, "before two") },
      { type: "deleted", ...name("2"), at: 3 },
      { type: "said", said: said("3", ann, "before three") },
      { type: "removed", ...name("3") },
      // These came before their messages.
      { ...edited, ...name("4") },
      { type: "said", said: said("4", ann, "before four") },
      { type: "said", said: said("5", ann, "stays") },
    ],
  });
  const find = async (search: string) =>
    (await store.history.page("d1", { chat: null, search, before: null, limit: 9 })).map(({ message }) => message.id);
  expect([await find("before"), await find("after"), await find("stays")]).toEqual([[], ["4", "1"], ["5"]]);
  expect(indexOf(dir).filter((term) => term.includes("before"))).toEqual([]);
});

test("a search finds what stands on many shelves, newest first, and goes on where a page ended", async () => {
  const { find, ids } = await shelved(...["1", "2", "3", "4", "5"].map((id) => said(id, ann, `word ${id}`)));
  expect(await ids("wor")).toEqual(["5", "4", "3", "2", "1"]);
  const page = await find("word", null, null, 2);
  expect(page.map(({ message }) => message.id)).toEqual(["5", "4"]);
  expect(await ids("word", null, page[1]?.place, 2)).toEqual(["3", "2"]);
  expect(await ids("word 3")).toEqual(["3"]);
});

test("a search in a chat finds what is in it, under both names of a person, and never what others say", async () => {
  const { store, hold, ids } = await shelved(
    said("1", ann, "a word"),
    said("6", "628123456789@broadcast", "a word"),
    said("2", bob, "a word"),
    said("3", annsLid, "a word"),
    said("4", group, "a word"),
    said("5", bob, "628123456789 has a word"),
  );
  expect(await ids("word", ann)).toEqual(["1"]);
  expect(await ids("word", group)).toEqual(["4"]);
  await store.ledger.record(hold, { events: [], people: [known("628123456789", annsLid, annsLid)] });
  for (const name of [ann, annsLid]) expect(await ids("word", name)).toEqual(["3", "1"]);
  // The mark of a chat is no word that somebody could look for.
  expect(await ids("628123456789")).toEqual(["5"]);
});

test("each word of a message is in the index once, and no more of it than WhatsApp's apps let people write", () => {
  expect(wordsIn({ kind: "text", text: "!ping !ping ".repeat(1_000) })).toBe("ping");
  expect(wordsIn({ kind: "text", text: `${"a ".repeat(32_768)}beyond` })).toBe("a");
  expect(wordsIn({ kind: "text", text: `${"a ".repeat(32_765)}within` })).toBe("a within");
});
