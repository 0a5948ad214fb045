import { settings, variableOf } from "../config/config.ts";
import { type AnyCommand, command, print } from "./base/command.ts";

/** `merpati --help`: every command, then every setting. */
export const helpCommand = (commands: Readonly<Record<string, () => Promise<() => AnyCommand>>>) => () =>
  command("help", "This text.").action(async () => {
    const rows = await Promise.all(
      Object.entries(commands).map(async ([name, load]) => [name, aboutOf((await load())())] as const),
    );
    const variables = Object.entries(settings).map(([name, { about }]) => [variableOf(name), about] as const);
    print("merpati — a WhatsApp bot server in one binary\n");
    print("Usage: merpati [command]; without one it starts the bot.\n");
    print(columns(rows));
    print("\nmerpati <command> --help says what a command takes.\n");
    print("Settings, from the environment or .env in the working folder:\n");
    print(columns(variables));
  });

function aboutOf(found: AnyCommand): string {
  const parts = found.createHelp().visibleCommands(found);
  const names = parts.map((part) => part.name());
  return names.length === 0 ? found.description() : `${found.description()} (${names.join(", ")})`;
}

/** Two aligned columns. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
