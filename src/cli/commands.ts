import { Failure, asFailure } from "../core/failure.ts";
import type { Command } from "./command.ts";
import { deviceCommand } from "./device.ts";
import { helpCommand } from "./help.ts";
import { keyCommand } from "./key.ts";
import { licensesCommand } from "./licenses.ts";
import { pluginCommand } from "./plugin.ts";
import { sandboxCommand } from "./sandbox.ts";
import { startCommand } from "./start.ts";
import { tenantCommand } from "./tenant.ts";
import { versionCommand } from "./version.ts";
import { webhookCommand } from "./webhook.ts";

/** Every verb. Without one, the first. */
const commands: Record<string, Command> = {};
Object.assign(commands, {
  start: startCommand,
  sandbox: sandboxCommand,
  key: keyCommand,
  webhook: webhookCommand,
  tenant: tenantCommand,
  device: deviceCommand,
  plugin: pluginCommand,
  "--help": helpCommand(commands),
  "--version": versionCommand,
  "--licenses": licensesCommand,
} satisfies Record<string, Command>);

const aliases: Record<string, string> = { "-h": "--help", help: "--help", "-v": "--version", version: "--version" };

/** Runs what the command line says. Returns the exit code; what went wrong is one sentence, without a stack. */
export async function run([verb = "start", ...args]: readonly string[]): Promise<number> {
  // `merpati --help | head` closes our output early.
  process.stdout.on("error", () => process.exit(0));
  try {
    const command = commands[aliases[verb] ?? verb];
    if (!command) throw new Failure("invalid", `There is no command "${verb}"; merpati --help lists them all.`);
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
