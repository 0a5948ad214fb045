import { Cell } from "./cell.ts";

/** What this browser remembers of its user's taste. */
export type Theme = "auto" | "light" | "dark";
export type Language = "en" | "id";

function stored<T extends string>(name: string, values: readonly T[], otherwise: T): T {
  const found = values.find((value) => value === localStorage.getItem(`merpati.${name}`));
  return found ?? otherwise;
}

const native: Language = navigator.languages.find((each) => /^(id|en)\b/.test(each))?.startsWith("id") ? "id" : "en";

export const theme = new Cell<Theme>(stored("theme", ["auto", "light", "dark"], "auto"));
export const language = new Cell<Language>(stored("language", ["en", "id"], native));

function apply(): void {
  document.documentElement.lang = language.value;
  document.documentElement.dataset["theme"] = theme.value;
  localStorage.setItem("merpati.theme", theme.value);
  localStorage.setItem("merpati.language", language.value);
}

theme.listen(apply);
language.listen(apply);
apply();
