import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Config, loadConfig, settings, variableOf } from "../config/config.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import { isLoopback } from "../core/base/loopback.ts";
import { scrub } from "../log/scrub.ts";
import { command, print } from "./base/command.ts";
import { deviceReports } from "./base/device-trouble.ts";
import { RunningBot } from "./base/running-bot.ts";
import { Aliases } from "./doctor/aliases.ts";
import { examine } from "./doctor/examine.ts";
import { unknownNamesIn } from "./doctor/unknown-report.ts";
import { version } from "./version.ts";

export const supportBundleCommand = () =>
  command(
    "support-bundle",
    "Writes a file for whoever helps you: versions, which settings are set, findings, figures, the last log lines; without keys, numbers, texts and names of yours.",
  )
    .option("--out <file>", "The file to write.", "merpati-support.json")
    .action(async ({ out }) => {
      const bundle = await collect(loadConfig());
      await writeFile(out, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600, flag: "wx" }).catch((cause) => {
        throw new Failure("invalid", `${out} is there already or cannot be written: name another with --out.`, {
          cause,
        });
      });
      print(`${out} is written. Read it before you give it away.`);
    });

async function collect(config: Config): Promise<Record<string, unknown>> {
  const names = new Aliases();
  nameHosts(names, [config.alertWebhookUrl, config.publicUrl, config.smtpUrl, config.updateUrl, ...config.webhookUrl]);
  const running = await ofRunning(names).catch((error: unknown) => ({ problem: asFailure(error).message }));
  const findings = (await examine(config)).map(({ ok, sentence }) => ({ ok, sentence }));
  const bundle = {
    merpati: version,
    bun: Bun.version,
    platform: `${process.platform}-${process.arch}`,
    at: new Date().toISOString(),
    settings_set: settingsSet(config),
    findings,
    unknown: unknownNamesIn(config.sessionsDir),
    running,
  };
  // Paths tell the name of a user.
  return cleaned(bundle, [resolve("."), process.env["HOME"] ?? ""], names) as Record<string, unknown>;
}

/** Names only: a value may be a secret, a number or a customer's host. */
function settingsSet(config: Config): string[] {
  const values = new Map<string, unknown>(Object.entries(config));
  return Object.entries(settings)
    .filter(([name, row]) => JSON.stringify(values.get(name)) !== JSON.stringify(row.default))
    .map(([name]) => variableOf(name));
}

async function ofRunning(names: Aliases): Promise<Record<string, unknown>> {
  const bot = RunningBot.find({});
  const reports = await deviceReports({});
  const devices = reports.map(({ tenant, id, phase, reason }) => ({
    tenant: names.of("tenant", tenant),
    device: names.of("device", id),
    phase,
    reason,
  }));
  for (const tenant of new Set(reports.map((each) => each.tenant))) {
    const { data } = await RunningBot.find({ tenant }).ask("GET", "/v1/webhooks");
    nameHosts(
      names,
      (data as { url: string }[]).map(({ url }) => url),
    );
  }
  return {
    health: (await bot.ask("GET", "/v1/admin/health")).data,
    devices,
    log: (await bot.ask("GET", "/v1/admin/logs?limit=500")).data,
  };
}

const mailAddresses = /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}/g;

/** Whose customer somebody is, their hosts tell. */
function nameHosts(names: Aliases, urls: readonly (string | null)[]): void {
  for (const url of urls) {
    const found = URL.parse(url ?? "");
    if (found !== null && !isLoopback(found.hostname))
      for (const name of [found.host, found.hostname]) names.of("host", name);
  }
}

/** The same without what is personal, all the way down. */
function cleaned(value: unknown, paths: readonly string[], names: Aliases): unknown {
  if (typeof value === "string") {
    const short = paths.filter((path) => path.length > 1).reduce((text, path) => text.replaceAll(path, "…"), value);
    return names.replaceIn(scrub(short).replaceAll(mailAddresses, "…@…"));
  }
  if (Array.isArray(value)) return value.map((each) => cleaned(each, paths, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleaned(each, paths, names)]));
}
