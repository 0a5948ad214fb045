import { command, print, printable } from "./base/command.ts";
import { reaching, RunningBot } from "./base/running-bot.ts";
import { bytes, duration } from "./base/units.ts";

interface ShownRule {
  name: string;
  about: string;
  is_on: boolean;
  limit: number | null;
}

interface ShownChannel {
  name: string;
  problem: string | null;
}

interface ShownIncident {
  rule: string;
  sentence: string;
  opened_at: number;
  ended_at: number | null;
}

export function alertsCommand() {
  const alerts = command("alerts", "Lists what the operator is told of, and what went wrong; tries the channels.");
  reaching(
    alerts.command("list", { isDefault: true }).description("The rules, the channels, and the incidents of a month."),
  ).action(async (which) => {
    const bot = RunningBot.find(which);
    const { rules, channels } = (await bot.ask("GET", "/v1/admin/alerts")).data as {
      rules: ShownRule[];
      channels: ShownChannel[];
    };
    for (const { name, about, is_on: isOn, limit } of rules)
      print(`${isOn ? "●" : "○"} ${name}${limitOf(name, limit)}: ${about}`);
    print(channels.length === 0 ? "\nNobody is told: set ALERT_WEBHOOK_URL, ALERT_WHATSAPP or ALERT_EMAIL." : "");
    for (const channel of channels) print(shown(channel));
    const incidents = (await bot.ask("GET", "/v1/admin/incidents")).data as ShownIncident[];
    for (const { opened_at: at, ended_at: end, sentence } of incidents)
      print(printable(`${moment(at)} – ${end === null ? "now" : moment(end)}  ${sentence}`));
  });
  reaching(alerts.command("test").description("Sends a message for a try by every channel.")).action(async (which) => {
    const channels = (await RunningBot.find(which).ask("POST", "/v1/admin/alerts/test")).data as ShownChannel[];
    if (channels.length === 0) print("There is no channel: set ALERT_WEBHOOK_URL, ALERT_WHATSAPP or ALERT_EMAIL.");
    for (const channel of channels) print(shown(channel));
    process.exitCode = channels.length > 0 && channels.every(({ problem }) => problem === null) ? 0 : 1;
  });
  return alerts;
}

const shown = ({ name, problem }: ShownChannel) => printable(problem === null ? `✓ ${name}` : `✗ ${name}: ${problem}`);

function limitOf(name: string, limit: number | null): string {
  if (limit === null) return "";
  return ` (${name === "disk_low" ? bytes(limit) : duration(limit)})`;
}

const moment = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ");
