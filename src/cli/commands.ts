import { CommanderError } from "@commander-js/extra-typings";
import { asFailure } from "../core/base/failure.ts";
import { type AnyCommand, command } from "./base/command.ts";
import { needCommand } from "./help.ts";

/** Every command; without one, the first. Read when it is asked for: a start need not wait for the simulator. */
const commands: Record<string, () => Promise<() => AnyCommand>> = {
  start: async () => (await import("./start.ts")).startCommand,
  status: async () => (await import("./status.ts")).statusCommand,
  device: async () => (await import("./device.ts")).deviceCommand,
  import: async () => (await import("./import.ts")).importCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  send: async () => (await import("./send.ts")).sendCommand,
  logs: async () => (await import("./logs.ts")).logsCommand,
  key: async () => (await import("./key.ts")).keyCommand,
  tenant: async () => (await import("./tenant.ts")).tenantCommand,
  webhook: async () => (await import("./webhook.ts")).webhookCommand,
  plugin: async () => (await import("./plugin.ts")).pluginCommand,
  alerts: async () => (await import("./alerts.ts")).alertsCommand,
  settings: async () => (await import("./settings.ts")).settingsCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  "support-bundle": async () => (await import("./support-bundle.ts")).supportBundleCommand,
  seal: async () => (await import("./seal.ts")).sealCommand,
  backup: async () => (await import("./backup.ts")).backupCommand,
  service: async () => (await import("./service.ts")).serviceCommand,
  update: async () => (await import("./update.ts")).updateCommand,
  sandbox: async () => (await import("./sandbox.ts")).sandboxCommand,
  record: async () => (await import("./trace/record.ts")).recordCommand,
  replay: async () => (await import("./trace/replay.ts")).replayCommand,
  selftest: async () => (await import("./selftest.ts")).selftestCommand,
  help: async () => (await import("./help.ts")).helpCommand(commands),
  version: async () => (await import("./version.ts")).versionCommand,
  licenses: async () => (await import("./licenses.ts")).licensesCommand,
};

const aliases: Record<string, string> = {
  "-h": "help",
  "--help": "help",
  "-v": "version",
  "--version": "version",
  "--licenses": "licenses",
};

/** Runs what the command line says. Returns the exit code; what went wrong is one sentence, without a stack. */
export async function run([name = "start", ...args]: readonly string[]): Promise<number> {
  // `merpati --help | head` closes our output early.
  process.stdout.on("error", () => process.exit(0));
  try {
    const verb = aliases[name] ?? name;
    const program = command("merpati", "").addCommand((await needCommand(commands, verb))());
    await program.parseAsync([verb, ...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`${sentence(error)}\n`);
    return 1;
  }
}

function sentence(error: unknown): string {
  const failure = asFailure(error);
  return failure.code === "internal" && failure.cause instanceof Error
    ? `${failure.message} (${failure.cause.message})`
    : failure.message;
}
