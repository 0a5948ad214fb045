import { language } from "./prefs.ts";

export const count = (number: number): string => number.toLocaleString(language.value);

/** "3.4 MB", "62.1 GB". */
export const bytes = (number: number): string =>
  new Intl.NumberFormat(language.value, {
    style: "unit",
    unit: number >= 1e9 ? "gigabyte" : "megabyte",
    maximumFractionDigits: 1,
  }).format(number / (number >= 1e9 ? 1e9 : 1e6));
