import type { Content } from "../../core/model/content/content.ts";
import { searchWords } from "../../core/model/content/content.ts";

const word = /[\p{L}\p{N}\p{M}]+/gu;

/** What a message is found by: its words with a space between them, which search.sql marks with the device. */
export const wordsIn = (content: Content): string => (searchWords(content).match(word) ?? []).join(" ");

/** The mark of a device's words, as search.sql makes it. */
const mark = (device: string): string => device.replaceAll("-", "").slice(-12);

/** What somebody typed as a query that finds all of its words: each quoted, so that none of it is syntax. */
export function matchFor(device: string, search: string): string {
  const words = search.match(word) ?? [];
  return words.map((each, place) => `"${mark(device)}${each}"${place === words.length - 1 ? "*" : ""}`).join(" ");
}
