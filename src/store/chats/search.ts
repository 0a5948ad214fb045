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

/**
 * The query that finds words on one shelf of a device, in one chat or in all: each quoted, so that none of it is syntax.
 * A chat is looked up by its address without the server, so what is found must still be compared.
 */
export function matchFor(device: string, chat: string | null, shelf: number, words: readonly string[]): string {
  const owner = device.replaceAll("-", "").slice(-12);
  const number = (shelf / shelfSize).toString(16).padStart(6, "0");
  const within = chat === null ? "" : `"${number}${owner}${chat.slice(0, chat.indexOf("@")).replaceAll("-", "")}" `;
  const said = words.map((each, place) => `"${owner}${number}${each}"${place === words.length - 1 ? "*" : ""}`);
  return within + said.join(" ");
}
