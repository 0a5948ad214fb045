import { settings, variableOf } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import { nearest } from "../core/base/nearest.ts";
import { type AnyCommand, command, print } from "./base/command.ts";

/** `merpati --help`: every command, then every setting; `merpati help backup` is `merpati backup --help`. */
export const helpCommand = (commands: Commands) => () =>
  command("help", "This text, or what a command takes.")
    .argument("[command]")
    .action(async (name) => {
      if (name === undefined) await everything(commands);
      else print(await helpOf(commands, name));
    });

async function everything(commands: Commands): Promise<void> {
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
}

async function helpOf(commands: Commands, name: string): Promise<string> {
  const found = (await needCommand(commands, name))();
  command("merpati", "").addCommand(found);
  return found.helpInformation().trimEnd();
}

type Commands = Readonly<Record<string, () => Promise<() => AnyCommand>>>;

/** Throws `invalid`, with the one that is meant. */
export function needCommand(commands: Commands, name: string): ReturnType<Commands[string]> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load) return load();
  const meant = nearest(name, Object.keys(commands));
  const hint = meant === null ? "" : ` Did you mean ${meant}?`;
  throw new Failure("invalid", `There is no command "${name}"; merpati --help lists them all.${hint}`);
}

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
