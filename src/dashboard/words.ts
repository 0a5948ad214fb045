import { en } from "./words/en.ts";
import { id } from "./words/id.ts";
import { type Language, language } from "./prefs.ts";

export type Words = typeof en;

const all: Record<Language, Words> = { en, id };

/** The words of the language chosen. The page is drawn anew when it changes. */
export let w: Words = all[language.value];
language.listen(() => {
  w = all[language.value];
});

/** `text` with `{name}` replaced by what `values` calls so. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** What a closed list calls `name` in the user's language; itself when the server knows more than this page. */
export const wordFor = (list: Record<string, string>, name: string): string => list[name] ?? name.replaceAll("_", " ");
