import { Failure, asFailure } from "../core/base/failure.ts";
import { type Command, print } from "./base/command.ts";
import { helpOf } from "./help.ts";

/** Every verb; without one, the first. Read when it is asked for: a start need not wait for the simulator. */
const commands: Record<string, () => Promise<Command>> = {
  start: async () => (await import("./start.ts")).startCommand,
  sandbox: async () => (await import("./sandbox.ts")).sandboxCommand,
  key: async () => (await import("./key.ts")).keyCommand,
  webhook: async () => (await import("./webhook.ts")).webhookCommand,
  tenant: async () => (await import("./tenant.ts")).tenantCommand,
  device: async () => (await import("./device.ts")).deviceCommand,
  plugin: async () => (await import("./plugin.ts")).pluginCommand,
  record: async () => (await import("./trace/record.ts")).recordCommand,
  replay: async () => (await import("./trace/replay.ts")).replayCommand,
  selftest: async () => (await import("./selftest.ts")).selftestCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  "--help": async () => (await import("./help.ts")).helpCommand(commands),
  "--version": async () => (await import("./version.ts")).versionCommand,
  "--licenses": async () => (await import("./licenses.ts")).licensesCommand,
};

const aliases: Record<string, string> = { "-h": "--help", help: "--help", "-v": "--version", version: "--version" };

/** Runs what the command line says. Returns the exit code; what went wrong is one sentence, without a stack. */
export async function run([verb = "start", ...args]: readonly string[]): Promise<number> {
  // `merpati --help | head` closes our output early.
  process.stdout.on("error", () => process.exit(0));
  try {
    const load = commands[aliases[verb] ?? verb];
    if (!load) throw new Failure("invalid", `There is no command "${verb}"; merpati --help lists them all.`);
    const command = await load();
    if (args.some((arg) => arg === "--help" || arg === "-h")) {
      print(helpOf(verb, command));
      return 0;
    }
    return (await command.run(args)) ?? 0;
  } catch (error) {
    process.stderr.write(`${sentence(error)}\n`);
    return 1;
  }
}

function sentence(error: unknown): string {
  // Of node:util's parseArgs: fit for the user as it is.
  if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
    return error.message;
  const failure = asFailure(error);
  return failure.code === "internal" && failure.cause instanceof Error
    ? `${failure.message} (${failure.cause.message})`
    : failure.message;
}
