import { readRunningFile } from "../composition/running-file.ts";
import { loadConfig } from "../config/config.ts";
import { homeTenant } from "../core/ports/tenants.ts";
import { isAlive } from "./base/alive.ts";
import { command, print, printable } from "./base/command.ts";
import { withStore } from "./base/data-folder.ts";
import { deviceReports } from "./base/device-trouble.ts";
import { reaching, RunningBot, type WhichBot } from "./base/running-bot.ts";
import { bytes, duration } from "./base/units.ts";

interface ShownHealth {
  version: string;
  uptime: number;
  memory: number;
  messages_waiting: number;
  deliveries_owed: number;
  database_bytes: number;
}

interface ShownIncident {
  subject: string;
  sentence: string;
  ended_at: number | null;
}

/** 3 is what init scripts answer for a service that does not run. */
const exits = { well: 0, needsAHand: 1, notRunning: 3 } as const;

export const statusCommand = () =>
  reaching(
    command(
      "status",
      "Says how the bot and each device is. Exit code 1: something needs you; 3: it does not run.",
    ).option("--live", "Only whether it answers, for health checks.", false),
  ).action(async ({ live, ...which }) => {
    if (live) return isLive(which);
    process.exitCode = await (which.url === undefined && !isRunning() ? offline() : online(which));
  });

/** Throws `unavailable`. */
async function isLive(which: WhichBot): Promise<void> {
  await RunningBot.find(which).ask("GET", "/health/live");
  print("It answers.");
}

/** A bot that was ended hard leaves its note behind. */
function isRunning(): boolean {
  const running = readRunningFile(loadConfig().sessionsDir);
  return running !== null && isAlive(running.pid);
}

/** What the folder knows while nobody runs it. */
async function offline(): Promise<number> {
  const { sessionsDir } = loadConfig();
  return withStore(sessionsDir, async (store, dir) => {
    print(`Merpati does not run in ${dir}. Start it with: merpati start`);
    for (const { tenant, id, label, account } of await store.devices.list())
      print(row(tenant, id, label, account === null ? "not linked" : "linked"));
    return exits.notRunning;
  });
}

async function online(which: WhichBot): Promise<number> {
  const bot = RunningBot.find(which);
  const health = (await bot.ask("GET", "/v1/admin/health")).data as ShownHealth;
  print(`Merpati ${health.version} runs at ${bot.url}, for ${duration(health.uptime)}.`);
  print(`It uses ${bytes(health.memory)} of memory; its database has ${bytes(health.database_bytes)}.`);
  print(`Waiting: ${health.messages_waiting} messages to be sent, ${health.deliveries_owed} events to be delivered.`);
  const reports = await deviceReports(which);
  for (const { tenant, id, label, phase, trouble } of reports) print(row(tenant, id, label, trouble ?? phase));
  const troubled = reports.filter(({ trouble }) => trouble !== null);
  const incidents = await openIncidents(bot, new Set(troubled.map(({ tenant, id }) => nameOf(tenant, id))));
  if (incidents.length > 0) print(`\nOpen incidents:\n${incidents.join("\n")}`);
  const { length } = troubled;
  if (length > 0) print(`\n${length === 1 ? "1 device needs" : `${length} devices need`} you.`);
  return length + incidents.length > 0 ? exits.needsAHand : exits.well;
}

/** What the operator is told of besides devices, as webhooks and the disk; `shown` are the devices whose rows say it. */
async function openIncidents(bot: RunningBot, shown: ReadonlySet<string>): Promise<string[]> {
  const incidents = (await bot.ask("GET", "/v1/admin/incidents")).data as ShownIncident[];
  return incidents
    .filter(({ ended_at: end, subject }) => end === null && !shown.has(subject))
    .map(({ sentence }) => printable(`  ${sentence}`));
}

function row(tenant: string, id: string, label: string | null, told: string): string {
  return printable(`  ${nameOf(tenant, id)}${label === null ? "" : ` (${label})`}: ${told}`);
}

const nameOf = (tenant: string, id: string) => (tenant === homeTenant ? id : `${tenant}/${id}`);
