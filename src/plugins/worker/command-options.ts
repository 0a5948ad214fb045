import type { CommandOptions, Role } from "../../sdk/command.ts";
import { noSuch } from "../contract/meant.ts";

const roles = ["owner", "admin", "group_admin", "anyone"] satisfies Role[];
type Flaw = string | null;

const texts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "string");
const oneOf = (values: readonly string[], value: unknown): Flaw =>
  values.includes(value as string) ? null : `takes one of ${values.join(", ")}, not ${JSON.stringify(value)}`;

/** What is wrong with each option, or null. */
const checks: { [K in keyof Required<CommandOptions>]: (value: unknown) => Flaw } = {
  description: (value) => (typeof value === "string" ? null : "takes text"),
  aliases: (value) =>
    texts(value) && value.every((alias) => /^\S{1,32}$/.test(alias)) ? null : "takes a list of single words",
  role: (value) => oneOf(roles, value),
  allow: (value) =>
    texts(value) && value.every((number) => /^\d{5,20}$/.test(number))
      ? null
      : 'takes a list of phone numbers in digits with country code, e.g. ["628123456789"]',
  chats: (value) => oneOf(["private", "group"], value),
  cooldown: (value) => {
    const { seconds, per } = typeof value === "number" ? { seconds: value, per: "user" } : ((value ?? {}) as never);
    const fits = typeof seconds === "number" && seconds >= 0 && ["user", "chat"].includes(per);
    return fits ? null : 'takes seconds, e.g. 30, or { seconds: 30, per: "chat" }';
  },
  hidden: (value) => (typeof value === "boolean" ? null : "takes true or false"),
};

/** Throws a sentence: a misspelled guard must not be an open door. */
export function checkOptions(command: string, options: CommandOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const flaw =
      name in checks ? checks[name as keyof CommandOptions](value) : noSuch("option", name, Object.keys(checks));
    if (value !== undefined && flaw)
      throw new Error(`command "${command}": ${name in checks ? `${name} ` : ""}${flaw}`);
  }
}

/** Throws a sentence when something that must be called is no function. */
export function checkHandler(what: string, handler: unknown, example: string): void {
  if (typeof handler !== "function")
    throw new Error(
      `${what} needs a handler, e.g. ${example}; it was given ${handler === null ? "null" : typeof handler}`,
    );
}
