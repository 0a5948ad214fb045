import type { Content } from "../../core/model/content/content.ts";
import { searchWords } from "../../core/model/content/content.ts";

const word = /[\p{L}\p{N}\p{M}]+/gu;
/** Characters of a message that are searched: as many as WhatsApp's apps let people write. */
const searched = 65_536;
/** Messages of one shelf of the index: see search.sql. */
const shelfSize = 2 ** 14;

/** What a message is found by: each of its words once, with a space between them, which search.sql marks. */
export const wordsIn = (content: Content): string =>
  [...new Set(searchWords(content).slice(0, searched).match(word) ?? [])].join(" ");

/** Words to find, all of them; the last may be unfinished. */
export const wordsToFind = (search: string): string[] => search.match(word) ?? [];

/** The first place of the shelf that holds `place`. */
export const shelfOf = (place: number): number => place - (place % shelfSize);

/** Names a device in the index. */
const ownerOf = (device: string): string => device.replaceAll("-", "").slice(-12);
/** Names a shelf in the index, by a place on it. */
const shelfName = (place: number): string =>
  Math.floor(place / shelfSize)
    .toString(16)
    .padStart(6, "0");
/** Names a chat in the index, beside its device and shelf. */
const chatWord = (chat: string): string => chat.slice(0, Math.max(0, chat.indexOf("@"))).replaceAll("-", "");

/** What the index has of a message: `words` as `wordsIn` gives them, each marked, and one that names the chat. See search.sql. */
export function indexedWords(device: string, chat: string, place: number, words: string): string {
  const [owner, shelf] = [ownerOf(device), shelfName(place)];
  return `${owner}${shelf}${words.replaceAll(" ", ` ${owner}${shelf}`)} ${shelf}${owner}${chatWord(chat)}`;
}

/**
 * The query that finds words on one shelf of a device, in one chat or in all: each quoted, so that none of it is syntax.
 * A chat is looked up by its address without the server, so what is found must still be compared.
 */
export function matchFor(device: string, chat: string | null, shelf: number, words: readonly string[]): string {
  const [owner, number] = [ownerOf(device), shelfName(shelf)];
  const within = chat === null ? "" : `"${number}${owner}${chatWord(chat)}" `;
  const said = words.map((each, place) => `"${owner}${number}${each}"${place === words.length - 1 ? "*" : ""}`);
  return within + said.join(" ");
}
