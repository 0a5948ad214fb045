import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Config, configOf, settingRows, sourcesIn } from "../config/config.ts";
import { Failure } from "../core/base/failure.ts";
import { command, print } from "./base/command.ts";
import { ownCommand } from "./base/own-command.ts";
import { unitText } from "./service/unit.ts";

interface ServiceOptions {
  user: boolean;
}

const userOption = [
  "--user",
  "For the manager of your own user instead of the machine's: needs no root.",
  false,
] as const;

/** `merpati service …`: the bot as a service of systemd, for the folder that one stands in. */
export function serviceCommand() {
  const service = command("service", "Runs the bot of this folder at boot, as a service of systemd.");
  service
    .command("install")
    .description("Writes the unit, enables and starts it.")
    .option(...userOption)
    .option("--print", "Shows the unit and changes nothing.", false)
    .action(install);
  service
    .command("uninstall")
    .description("Stops the service and removes its unit; the bot's folder stays as it is.")
    .option(...userOption)
    .action(uninstall);
  service
    .command("status")
    .description("Says whether the service is there and runs.")
    .option(...userOption)
    .action(status);
  return service;
}

const name = "merpati.service";

async function install({ user, print: isPrinted }: ServiceOptions & { print: boolean }): Promise<void> {
  const folder = process.cwd();
  const { config, environment } = settingsIn(folder);
  const writes = outsideOf(folder, config);
  const text = unitText({ command: ownCommand("start"), folder, writes, user: user ? null : whoRuns() });
  if (environment.length > 0)
    process.stderr.write(
      `${environment.join(", ")}: set in this shell's environment, which a service has not. Put it into .env.\n`,
    );
  if (isPrinted) return void process.stdout.write(text);
  needSystemd();
  const file = unitFile(user);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
  } catch (cause) {
    throw new Failure("forbidden", `${file} cannot be written: run this with sudo, or add --user.`, { cause });
  }
  await systemctl(user, "daemon-reload").catch((error: unknown) => {
    // Nobody would take it away again: there is no systemd that runs.
    rmSync(file);
    throw error;
  });
  await systemctl(user, "enable", "--now", name);
  print(`${file} is installed: Merpati runs now and at every boot. Look at it with: merpati service status`);
  if (user) print(`So that it runs without you being signed in: loginctl enable-linger ${userName()}`);
}

/** The settings of a folder, and the names of those that come from the environment alone. */
function settingsIn(folder: string): { config: Config; environment: string[] } {
  const sources = sourcesIn(folder);
  const names = settingRows.map(({ variable }) => variable).filter((name) => (sources.environment[name] ?? "") !== "");
  return { config: configOf(sources), environment: names };
}

/** Folders that the bot writes to, besides the one that it runs in. */
function outsideOf(folder: string, { sessionsDir, backupTo }: Config): string[] {
  const places = [sessionsDir, ...(backupTo.startsWith("s3://") ? [] : [backupTo])].map((path) =>
    resolve(folder, path),
  );
  return places.filter((path) => path !== folder && !path.startsWith(`${folder}/`));
}

async function uninstall({ user }: ServiceOptions): Promise<void> {
  needSystemd();
  const file = unitFile(user);
  if (!existsSync(file)) throw new Failure("not_found", `There is no ${file}: nothing was changed.`);
  await systemctl(user, "disable", "--now", name);
  rmSync(file);
  await systemctl(user, "daemon-reload");
  print(`The service is gone. The bot's folder is as it was; start it by hand with: merpati start`);
}

async function status({ user }: ServiceOptions): Promise<void> {
  needSystemd();
  if (!existsSync(unitFile(user))) {
    print(`There is no ${unitFile(user)}. Install it with: merpati service install${user ? " --user" : ""}`);
    process.exitCode = 3;
    return;
  }
  const args = [...(user ? ["--user"] : []), "status", "--no-pager", "--lines=0", name];
  process.exitCode = await Bun.spawn(["systemctl", ...args], { stdio: ["ignore", "inherit", "inherit"] }).exited;
}

/** Under sudo the one who called it: a bot needs no rights of root. */
function whoRuns(): string {
  const { SUDO_USER } = process.env;
  return SUDO_USER ?? userName();
}

/** By the table of users: a program that is started without USER knows no other name of its own. */
function userName(): string {
  const { uid, username } = userInfo();
  const rows = existsSync("/etc/passwd") ? readFileSync("/etc/passwd", "utf8").split("\n") : [];
  const row = rows.map((line) => line.split(":")).find(([, , id]) => id === String(uid));
  return row?.[0] ?? username;
}

function unitFile(user: boolean): string {
  const config = process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  return user ? join(config, "systemd/user", name) : join("/etc/systemd/system", name);
}

function needSystemd(): void {
  if (Bun.which("systemctl") === null)
    throw new Failure(
      "unavailable",
      "There is no systemd here. docs/operating.md says how to start Merpati at boot on other systems, and in a container.",
    );
}

async function systemctl(user: boolean, ...args: string[]): Promise<void> {
  const command = ["systemctl", ...(user ? ["--user"] : []), ...args];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0)
    throw new Failure("refused", `${command.join(" ")} failed: ${said.trim().replaceAll("\n", " ")}`);
}
