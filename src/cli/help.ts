import { settings, variableOf } from "../config.ts";
import { type Command, print } from "./command.ts";

/** `merpati --help`: every verb of `commands`, then every setting. */
export const helpCommand = (commands: Readonly<Record<string, () => Promise<Command>>>): Command => ({
  usage: "",
  about: "This text.",
  async run() {
    const loaded = Object.entries(commands).map(async ([verb, load]) => {
      const { usage, about } = await load();
      return [`${verb} ${usage}`.trim(), about] as const;
    });
    const verbs = await Promise.all(loaded);
    const variables = Object.entries(settings).map(([name, { about }]) => [variableOf(name), about] as const);
    print("merpati — a WhatsApp bot server in one binary\n");
    print("Usage: merpati [command]\n");
    print(columns(verbs));
    print("\nSettings, from the environment or .env in the working folder:\n");
    print(columns(variables));
  },
});

/** Two aligned columns. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
