import { Cell } from "./cell.ts";

/** What this browser remembers of its user's taste. */
export type Theme = "auto" | "light" | "dark";
export type Language = "en" | "id";

/** What this browser keeps; nothing where it keeps nothing, as in a frame of somebody else's page. */
const shelf = ((): Storage | null => {
  try {
    return localStorage;
  } catch {
    return null;
  }
})();

/** What the address asks for (`?language=id`), else what was chosen before. */
function stored<T extends string>(name: string, values: readonly T[], otherwise: T): T {
  const known = (text: string | null | undefined) => values.find((value) => value === text);
  const asked = new URLSearchParams(location.search).get(name);
  return known(asked) ?? known(shelf?.getItem(`merpati.${name}`)) ?? otherwise;
}

const native: Language = navigator.languages.find((each) => /^(id|en)\b/.test(each))?.startsWith("id") ? "id" : "en";

export const theme = new Cell<Theme>(stored("theme", ["auto", "light", "dark"], "auto"));
export const language = new Cell<Language>(stored("language", ["en", "id"], native));

function apply(): void {
  document.documentElement.lang = language.value;
  document.documentElement.dataset["theme"] = theme.value;
  shelf?.setItem("merpati.theme", theme.value);
  shelf?.setItem("merpati.language", language.value);
}

theme.listen(apply);
language.listen(apply);
apply();
