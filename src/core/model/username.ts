import { Failure } from "../base/failure.ts";

/** A username as a caller names it. */
export interface UsernameRef {
  /** Without the `@` that shows it. */
  readonly username: string;
  /** The four digits without which some are not found; null is not given. */
  readonly key: string | null;
}

/** Ends that look like an address on the web. */
const domains = ["com", "net", "org", "edu", "gov", "mil", "info", "biz", "io", "co", "app", "dev", "me"];
const reserved = ["whatsapp", "instagram", "facebook", "oculus"];

/** WhatsApp's rules in WhatsApp's order, each with what is said of a name that breaks it (zapo 1.8, 2026-08). */
const rules: readonly (readonly [(name: string) => boolean, string])[] = [
  [(name) => /^[a-z0-9_.]*$/i.test(name), "is made of letters, digits, _ and ."],
  [({ length }) => length >= 3 && length <= 35, "is 3 to 35 characters long"],
  [(name) => /[a-z]/i.test(name), "has one letter at least"],
  [(name) => !name.endsWith(".") && !name.includes(".."), "has no dot at its end and no two dots in a row"],
  [(name) => !/^www\./i.test(name), "does not begin with www."],
  [
    (name) => !domains.some((end) => name.toLowerCase().endsWith(`.${end}`)),
    "does not end like an address (.com, .net)",
  ],
  [(name) => !reserved.some((word) => name.toLowerCase().includes(word)), `does not contain ${reserved.join(", ")}`],
];

/** Whether somebody is named by username. */
export const isUsername = (who: string): boolean => who.trim().startsWith("@");

/** `@ann.w`, or `@ann.w:1234` with the key; null of what names nobody so. Throws `invalid` for what cannot be a username. */
export function usernameRef(to: string, field = "to"): UsernameRef | null {
  const text = to.trim();
  if (!isUsername(text)) return null;
  const [username = "", key = null, ...rest] = text.slice(1).split(":");
  if (rest.length > 0 || (key !== null && !/^\d{4}$/.test(key)))
    throw refusal(field, 'takes a username\'s key as four digits behind a colon: "@ann.w:1234"');
  const broken = rules.find(([holds]) => !holds(username));
  if (broken) throw refusal(field, `is no username of WhatsApp: one ${broken[1]}`);
  return { username, key };
}

const refusal = (field: string, sentence: string): Failure =>
  new Failure("invalid", `"${field}" ${sentence}.`, { field });
