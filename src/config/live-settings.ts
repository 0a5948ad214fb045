import { Failure } from "../core/base/failure.ts";
import { nearest } from "../core/base/nearest.ts";
import type { TextFile } from "../core/base/text-file.ts";
import { Turns } from "../core/base/turns.ts";
import type { SettingChange, SettingReport, Settings } from "../core/ports/settings.ts";
import { type Config, configOf, type SettingName, secretSettings, settingRows } from "./config.ts";
import { secretFileNames } from "./secret-files.ts";
import type { Environment, Sources } from "./sources.ts";

/** What an admin may change by the API. */
const byApi: ReadonlySet<string> = new Set<SettingName>([
  "logLevel",
  "alertRules",
  "alertQuietHours",
  "alertEmail",
  "alertEmailFrom",
  "historyRetentionDays",
  "eventRetentionDays",
  "eventRetentionMb",
  "auditRetentionDays",
  "mediaDownload",
  "commandPrefix",
  "botLanguage",
  "backupKeep",
  "backupEveryHours",
]);

/** What is secret, or opens the bot or its machine to more: an admin of the API shall not, who writes its files may. */
const bySignal: ReadonlySet<string> = new Set<SettingName>([
  "apiKey",
  "metricsKey",
  "corsOrigin",
  "trustedProxies",
  "outboundAllow",
  "proxy",
  "owners",
  "admins",
  "alertWebhookUrl",
  "alertWebhookSecret",
  "alertWhatsapp",
  "smtpUrl",
  "webhookUrl",
  "webhookSecret",
  "webhookEvents",
  "webhookRaw",
  "backupTo",
  "backupKeyFile",
  "updateUrl",
  "updateKey",
]);

interface LiveParts {
  /** Reads everything anew. */
  readonly read: () => Sources;
  /** Keeps what an admin chose. */
  readonly note: TextFile;
}

const rows = new Map(settingRows.map((row) => [row.variable, row]));

const changesOf = (name: string): SettingReport["changes"] =>
  byApi.has(name) ? "api" : bySignal.has(name) ? "signal" : "restart";

/** What stands there for a setting; "" is nothing. */
function textIn({ chosen, environment, secrets, file }: Sources, variable: string): string {
  return (chosen[variable] ?? environment[variable] ?? secrets?.[variable] ?? file[variable] ?? "").trim();
}

/** The settings of a process while it runs: read anew, checked as a whole, and taken over or left. */
export class LiveSettings implements Settings {
  #sources: Sources;
  #config: Config;
  readonly #started: Sources;
  readonly #parts: LiveParts | null;
  readonly #turns = new Turns();
  readonly #followers = new Set<(config: Config) => void>();

  private constructor(sources: Sources, config: Config, parts: LiveParts | null) {
    this.#sources = this.#started = sources;
    this.#config = config;
    this.#parts = parts;
  }

  /** Throws `invalid` with one sentence for each mistake. */
  static load(parts: LiveParts): LiveSettings {
    const sources = parts.read();
    return new LiveSettings(sources, configOf(sources), parts);
  }

  /** Those of a bot whose settings come from nowhere that could change. */
  static fixed(config: Config): LiveSettings {
    return new LiveSettings({ file: {}, environment: {}, chosen: {} }, config, null);
  }

  /** What holds now. */
  get config(): Config {
    return this.#config;
  }

  /** The environment without what `.env` put there: a child process reads that itself. */
  get environment(): Environment {
    return this.#sources.environment;
  }

  /** Tells of each change. */
  follow(hear: (config: Config) => void): void {
    this.#followers.add(hear);
  }

  list(): SettingReport[] {
    const waiting = new Set(this.#waiting());
    return settingRows.map(({ name, variable, about, default: fallback }) => {
      const text = textIn(this.#sources, variable);
      const isSecret = secretSettings.has(name);
      return {
        name: variable,
        about,
        value: isSecret || text === "" ? null : text,
        fallback: textOf(fallback),
        source: sourceOf(this.#sources, variable),
        changes: changesOf(name),
        isSecret,
        needsRestart: waiting.has(variable),
      };
    });
  }

  change(values: Readonly<Record<string, string | null>>): Promise<SettingChange> {
    return this.#turns.take(async () => {
      const parts = this.#needParts();
      const chosen: Record<string, string | undefined> = { ...this.#sources.chosen };
      for (const [variable, text] of Object.entries(values)) {
        needChangeable(variable);
        if (text === null) delete chosen[variable];
        else chosen[variable] = checked(variable, text);
      }
      const next = { ...this.#sources, chosen };
      const config = configOf(next);
      // On the disk first: what holds now holds after a start too.
      await parts.note.write(`${JSON.stringify(chosen, null, 2)}\n`);
      return this.#swap(next, config);
    });
  }

  reload(): Promise<SettingChange> {
    return this.#turns.take(async () => {
      const next = this.#needParts().read();
      return this.#swap(next, configOf(next));
    });
  }

  #needParts(): LiveParts {
    if (this.#parts) return this.#parts;
    throw new Failure("conflict", "The settings of this bot are fixed: start it anew with others.");
  }

  #swap(next: Sources, config: Config): SettingChange {
    const changed = settingRows.filter(
      ({ name, variable }) =>
        changesOf(name) !== "restart" && textIn(next, variable) !== textIn(this.#sources, variable),
    );
    this.#sources = next;
    const kept = Object.entries(this.#config).filter(([name]) => changesOf(name) === "restart");
    this.#config = Object.freeze({ ...config, ...(Object.fromEntries(kept) as Partial<Config>) });
    if (changed.length > 0) for (const hear of this.#followers) hear(this.#config);
    return { changed: changed.map(({ variable }) => variable), needRestart: this.#waiting() };
  }

  /** What stands in the files otherwise than when the process began, and only a start takes over. */
  #waiting(): string[] {
    const names = new Set([...rows.keys(), ...Object.keys(this.#started.file), ...Object.keys(this.#sources.file)]);
    return [...names].filter((variable) => {
      // What it names has been read.
      if (secretFileNames.includes(variable)) return false;
      const row = rows.get(variable);
      if (row && changesOf(row.name) !== "restart") return false;
      return textIn(this.#sources, variable) !== textIn(this.#started, variable);
    });
  }
}

/** Throws `invalid` for what is no setting, `conflict` for one that the API may not change. */
function needChangeable(variable: string): void {
  const row = rows.get(variable);
  const field = variable.slice(0, 100);
  if (!row) {
    const meant = nearest(variable, [...rows.keys()]);
    const hint = meant === null ? "GET /v1/admin/settings lists them all." : `Did you mean ${meant}?`;
    throw new Failure("invalid", `"${field}" is not a setting. ${hint}`, { field });
  }
  const changes = changesOf(row.name);
  if (changes === "api") return;
  const sentence =
    changes === "signal"
      ? `${variable} is changed in .env only: change it there, then run \`merpati settings reload\` or POST /v1/admin/settings/reload.`
      : `${variable} cannot change while the bot runs: change it in .env and start the bot again.`;
  throw new Failure("conflict", sentence, { field });
}

/** A value that the setting takes. Throws `invalid`. */
function checked(variable: string, text: string): string {
  const field = variable;
  const trimmed = text.trim();
  if (trimmed === "") throw new Failure("invalid", `"${variable}" takes a text, or null for the default.`, { field });
  try {
    rows.get(variable)?.parse(trimmed);
    return trimmed;
  } catch (error) {
    throw new Failure("invalid", `"${variable}" ${error instanceof Error ? error.message : String(error)}.`, { field });
  }
}

function sourceOf({ chosen, environment, secrets, file }: Sources, variable: string): SettingReport["source"] {
  if (chosen[variable] !== undefined) return "api";
  if ((environment[variable] ?? "") !== "") return "environment";
  if (secrets?.[variable] !== undefined) return environment[`${variable}_FILE`] ? "environment" : "file";
  return (file[variable] ?? "") === "" ? "default" : "file";
}

/** A default as one would write it. */
function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(",");
  if (value instanceof Map) return "all";
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
