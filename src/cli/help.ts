import { settings, variableOf } from "../config/config.ts";
import { type Command, print } from "./base/command.ts";

/** `merpati --help`: every verb of `commands`, then every setting. */
export const helpCommand = (commands: Readonly<Record<string, () => Promise<Command>>>): Command => ({
  usage: "",
  about: "This text.",
  async run() {
    const loaded = Object.entries(commands).map(async ([verb, load]) => helpOf(verb, await load()));
    const verbs = await Promise.all(loaded);
    const variables = Object.entries(settings).map(([name, { about }]) => [variableOf(name), about] as const);
    print("merpati — a WhatsApp bot server in one binary\n");
    print("Usage: merpati [command]\n");
    print(verbs.join("\n"));
    print("\nSettings, from the environment or .env in the working folder:\n");
    print(columns(variables));
  },
});

/** A verb in each of its forms, and what it does: `merpati <verb> --help`. */
export function helpOf(verb: string, { usage, about }: Command): string {
  const forms = usage.split(" | ").map((form) => `  ${verb} ${form}`.trimEnd());
  return [...forms, `      ${about}`].join("\n");
}

/** Two aligned columns. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
