import { Failure } from "../core/base/failure.ts";
import type { SettingReport } from "../core/ports/settings.ts";
import { command, print, printable } from "./base/command.ts";
import { reaching, RunningBot } from "./base/running-bot.ts";

/** As the API answers it. */
interface ShownSetting extends Pick<SettingReport, "name" | "about" | "value" | "source" | "changes"> {
  default: string | null;
  is_secret: boolean;
  needs_restart: boolean;
}

interface Change {
  changed: string[];
  need_restart: string[];
}

/** `merpati settings …`: what is set, and what changes while the bot runs. */
export function settingsCommand() {
  const settings = command("settings", "Shows and changes the settings of a bot that runs.");
  reaching(
    settings
      .command("list", { isDefault: true })
      .description("What is set and where; with --all every setting, and what it is for.")
      .option("--all", "Those that are not set too.", false),
  ).action(async ({ all, ...which }) => {
    const found = (await RunningBot.find(which).ask("GET", "/v1/admin/settings")).data as ShownSetting[];
    for (const each of found) if (all || each.source !== "default") print(lineOf(each, all));
  });
  reaching(
    settings
      .command("set")
      .description("Changes settings while the bot runs, all of them or none.")
      .argument("<NAME=value...>", "LOG_LEVEL=debug; NAME= takes a change back."),
  ).action(async (pairs, which) => {
    told((await RunningBot.find(which).ask("PATCH", "/v1/admin/settings", valuesIn(pairs))).data as Change);
  });
  reaching(
    settings
      .command("reload")
      .description("Makes the bot read .env again, as SIGHUP does: all of it holds, or nothing."),
  ).action(async (which) => {
    told((await RunningBot.find(which).ask("POST", "/v1/admin/settings/reload")).data as Change);
  });
  return settings;
}

const hows = { api: "merpati settings set", signal: ".env and merpati settings reload", restart: ".env and a restart" };

function lineOf({ name, about, value, source, changes, needs_restart: waits, ...rest }: ShownSetting, all: boolean) {
  const shown = rest.is_secret && source !== "default" ? "(set)" : (value ?? rest.default ?? "");
  const note = `${source}${waits ? ", .env says otherwise: restart the bot" : ""}`;
  const line = printable(`${name}=${shown}  (${note})`);
  return all ? `${line}\n    ${printable(about)} Changes by ${hows[changes]}.` : line;
}

function valuesIn(pairs: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([A-Za-z_]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new Failure("invalid", `"set" takes NAME=value, like LOG_LEVEL=debug, not "${pair}".`);
      return [name, value === "" ? null : value];
    }),
  );
}

function told({ changed, need_restart: waiting }: Change): void {
  print(changed.length === 0 ? "Nothing else holds than before." : `These hold now: ${changed.join(", ")}.`);
  if (waiting.length > 0) print(`These need a restart: ${waiting.join(", ")}.`);
}
