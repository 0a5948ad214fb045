import { chosenFileOf, chosenIn, type Environment, environmentsIn, type Sources } from "./sources.ts";
import { mayBeInFile, secretFileNames, secretsIn } from "./secret-files.ts";
import { nearlySame } from "./spelling.ts";
import * as values from "./values.ts";
import { Failure } from "../core/base/failure.ts";
import { defaultThresholds } from "../core/alerts/rules.ts";
import { isLoopback } from "../core/base/loopback.ts";

interface Setting<T> {
  /** Throws an Error whose message completes "PORT …". */
  parse: values.Parse<T>;
  default: T;
  example: string;
  /** For `.env.example` and `--help`. */
  about: string;
}

function setting<T>(fallback: T, parse: values.Parse<T>, example: string, about: string): Setting<T> {
  return { default: fallback, parse, example, about };
}

const optional = <T>(parse: values.Parse<T>, example: string, about: string): Setting<T | null> =>
  setting<T | null>(null, parse, example, about);

/** Every setting there is: the one place. A setting's variable is its name in capitals: `apiKey` is API_KEY. */
export const settings = {
  port: setting(3000, values.integer(0, 65_535), "3000", "Port to listen on; 0 takes a free one."),
  host: optional(
    values.pattern(/^[\w.:-]+$/, "an address or a host name"),
    "127.0.0.1",
    "Address to listen on. Default 0.0.0.0, and 127.0.0.1 with AUTH=off.",
  ),
  basePath: setting(
    "",
    values.basePath,
    "/bot",
    "The path that a proxy gives the bot, when it is not at the root of a host of its own.",
  ),
  tlsCert: optional(
    values.text,
    "/etc/merpati/cert.pem",
    "PEM file of the certificate and its chain: with it the bot speaks HTTPS itself. A new one is noticed.",
  ),
  tlsKey: optional(values.text, "/etc/merpati/key.pem", "PEM file of the private key of TLS_CERT."),
  publicUrl: optional(
    values.httpUrl,
    "https://bot.example.com",
    "Where others reach this server, BASE_PATH included, for links in events and answers. Without it links name the address that was asked.",
  ),
  apiKey: optional(
    values.apiKey,
    "mp_…",
    "The admin key. Without it the first start makes a strong one and prints it once.",
  ),
  metricsKey: optional(
    values.apiKey,
    "mp_…",
    "Lets Prometheus read /metrics from another machine. Without it an admin key does, and this machine needs none.",
  ),
  auth: setting("on", values.oneOf("on", "off"), "on", "off: nobody needs a key; only while listening on loopback."),
  usePairingCode: setting(false, values.flag, "true", "Link the default device by pairing code instead of by QR."),
  phoneNumber: optional(values.phone, "628123456789", "The number to link by pairing code: digits with country code."),
  passkeyLinking: setting(
    false,
    values.flag,
    "true",
    "true: the owner of an account for which WhatsApp demands a passkey can sign with it in a browser. No real account has shown yet that it works.",
  ),
  webhookUrl: setting(
    [],
    values.list(values.httpUrl),
    "https://example.com/hook",
    "Where events are posted; several with commas.",
  ),
  webhookSecret: optional(
    values.webhookSecret,
    "whsec_…",
    "Signs what is posted. Without it one is made; `merpati webhook list` shows it.",
  ),
  webhookEvents: setting(
    ["*"],
    values.list(values.eventFilter),
    "message.received,device.*",
    "Which events are posted to WEBHOOK_URL: types, families like device.*, or *.",
  ),
  webhookRaw: setting(
    false,
    values.flag,
    "true",
    "true: what is posted to WEBHOOK_URL has each message as WhatsApp has it, too.",
  ),
  alertRules: setting(
    defaultThresholds,
    values.alertRules,
    "all,device_offline=10m,!unknown_stanza",
    "What the operator is told of: all, names of rules, ! before one that is off, = for a limit like 5m or 2GB. `merpati alerts` lists them.",
  ),
  alertWebhookUrl: optional(
    values.httpUrl,
    "https://hooks.example.com/x",
    "Where alerts are posted as JSON; Slack and Mattermost show them.",
  ),
  alertWebhookSecret: optional(values.text, "whsec_…", "Signs the alerts that are posted."),
  alertWhatsapp: optional(
    values.deviceAndNumber,
    "default:628123456789",
    "A device of yours and the number that it sends alerts to; best a device that is not watched itself.",
  ),
  alertEmail: setting(
    [],
    values.list(values.email),
    "me@example.com",
    "Who gets alerts by e-mail, with commas; needs SMTP_URL.",
  ),
  alertEmailFrom: optional(
    values.email,
    "merpati@example.com",
    "Whom these come from; the first of ALERT_EMAIL when left out.",
  ),
  smtpUrl: optional(
    values.smtpUrl,
    "smtps://user:password@mail.example.com:465",
    "The mail server that alerts go out by.",
  ),
  alertQuietHours: optional(
    values.quietHours,
    "22:00-07:00",
    "When nobody is told; what is over by then is not told at all. In the time zone of the machine, or TZ.",
  ),
  historyRetentionDays: setting(
    90,
    values.integer(1, 36_500),
    "90",
    "How many days what was said in chats is kept, for search, quotes and forwards, and files since they were last used.",
  ),
  eventRetentionDays: setting(
    30,
    values.integer(1, 3650),
    "30",
    "How many days events and their deliveries are kept; those still owed longer, sent messages for 14.",
  ),
  eventRetentionMb: setting(
    1024,
    values.integer(16, 1_000_000),
    "1024",
    "How many megabytes the database may take; the oldest events, or what was said, go first.",
  ),
  auditRetentionDays: setting(
    365,
    values.integer(1, 36_500),
    "365",
    "How many days the audit log is kept: who made, changed and removed what.",
  ),
  outboundAllow: setting(
    [],
    values.list(values.outboundHost),
    "n8n,192.168.1.0/24",
    "What webhooks made by the API, media and plugins may reach besides the internet: hosts, networks, private, loopback.",
  ),
  proxy: optional(
    values.proxy,
    "socks5://user:password@10.0.0.5:1080",
    "The proxy that devices leave by when they and their tenant have none of their own: http:// or socks5://. Without it nothing of them leaves.",
  ),
  sessionsDir: setting("sessions", values.text, "sessions", "The folder of everything that must survive a restart."),
  pluginsDir: setting("plugins", values.text, "plugins", "The folder plugins are loaded from."),
  commandPrefix: setting(["!"], values.list(values.text), "!,/", "What commands begin with; several with commas."),
  owners: setting([], values.list(values.phone), "628123456789", "Who may use every command: numbers, with commas."),
  admins: setting(
    [],
    values.list(values.phone),
    "628123456789",
    "Who may use commands for admins: numbers, with commas.",
  ),
  botLanguage: setting("en", values.pattern(/^[a-z]{2,3}$/, "a language like en or id"), "id", "What plugins speak."),
  backupTo: setting(
    "backups",
    values.text,
    "s3://bucket/merpati",
    "Where backups lie: a folder, or a bucket with its keys in S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or in files that the two with _FILE name.",
  ),
  backupKeep: setting(7, values.integer(1, 10_000), "7", "How many backups are kept."),
  backupEveryHours: setting(0, values.integer(0, 8_760), "24", "How often the bot makes one by itself; 0 is never."),
  backupKeyFile: optional(
    values.text,
    "backup.key",
    "A file with the key that backups are sealed with; `merpati backup key` makes one.",
  ),
  sealKey: optional(
    values.sealKey,
    "3q2+7w…",
    "The key that a sealed data folder opens with, 32 bytes in base64; better a file or a command. `merpati seal on` seals it.",
  ),
  sealKeyFile: optional(values.text, "/etc/merpati/seal.key", "A file with that key; `merpati seal key` makes one."),
  sealKeyCommand: optional(
    values.text,
    "pass show merpati",
    "A command that prints that key. Under systemd a credential named merpati-seal-key is taken without any of the three.",
  ),
  updateUrl: optional(
    values.httpUrl,
    "https://releases.example.com/merpati",
    "Where `merpati update` looks for releases: the folder with release.json.",
  ),
  updateKey: optional(
    values.pattern(/^[A-Za-z0-9+/]{43}=$/, "the base64 of an Ed25519 public key, 32 bytes"),
    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "The key that signs releases; what it has not signed is not installed.",
  ),
  mediaDownload: setting(
    "lazy",
    values.oneOf("lazy", "eager"),
    "eager",
    "When files of messages are fetched: lazy is when somebody asks, eager is at once.",
  ),
  mediaMaxMb: setting(100, values.integer(1, 2_000), "100", "The largest file that is fetched, taken in or sent, MB."),
  logLevel: setting(
    "info",
    values.oneOf("debug", "info", "warn", "error", "silent"),
    "info",
    "The least that is logged.",
  ),
  corsOrigin: setting(
    [],
    values.list(values.origin),
    "https://dashboard.example.com",
    "Origins whose web pages may call this server; several with commas, null (pages opened as a file), or *. None by default.",
  ),
  trustedProxies: setting(
    [],
    values.list(values.network),
    "127.0.0.1,10.0.0.0/8",
    "Proxies whose X-Forwarded-For is believed, for the audit and against guessing: addresses and networks. None by default.",
  ),
  durability: setting(
    "full",
    values.oneOf("full", "normal"),
    "full",
    "normal: quicker on slow cards; a power cut may lose the last moments.",
  ),
  sending: setting("paced", values.oneOf("paced", "off"), "paced", "off: send without pacing, at your own risk."),
  whatsappUrl: optional(
    values.socketUrl,
    "ws://127.0.0.1:4000/ws/chat",
    "Another server than WhatsApp's: a simulated one.",
  ),
  whatsappRootKey: optional(
    values.pattern(/^[0-9a-fA-F]{64}$/, "64 hex digits"),
    "0123456789abcdef…",
    "The root key that the certificate of WHATSAPP_URL leads to.",
  ),
  whatsappVersionUrl: optional(
    values.httpUrlOrOff,
    "https://web.whatsapp.com/sw.js",
    "Where the present WhatsApp Web version is looked up: before a device is linked, once a day, and when WhatsApp refuses ours; the default. off: nowhere.",
  ),
  whatsappCa: optional(values.text, "ca.pem", "PEM file of authorities that WhatsApp's servers are also trusted by."),
};

/** Their values never stand in a message. */
export const secretSettings: ReadonlySet<string> = new Set([
  "apiKey",
  "metricsKey",
  "phoneNumber",
  "owners",
  "admins",
  "webhookSecret",
  "alertWebhookUrl",
  "alertWebhookSecret",
  "alertWhatsapp",
  "smtpUrl",
  "sealKey",
  "proxy",
  "whatsappRootKey",
]);

export type SettingName = keyof typeof settings;
type Values = { [K in SettingName]: (typeof settings)[K]["default"] };
export type Config = Readonly<Omit<Values, "host"> & { host: string }>;

/** `apiKey` → `API_KEY`. */
export const variableOf = (name: string) => name.replace(/[A-Z]/g, "_$&").toUpperCase();
export const settingRows = Object.entries<Setting<unknown>>(settings).map(([name, row]) => ({
  name,
  variable: variableOf(name),
  ...row,
}));

/** All that may be set. */
const variables = [...settingRows.map(({ variable }) => variable), ...secretFileNames];

/** Names that mean something to the runtime and may stand in `.env` beside ours. */
const runtimeNames: ReadonlySet<string> = new Set(
  "TZ NODE_ENV NO_COLOR FORCE_COLOR NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY NO_PROXY S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY S3_ACCESS_KEY_ID_FILE S3_SECRET_ACCESS_KEY_FILE S3_SESSION_TOKEN S3_REGION S3_ENDPOINT AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_ENDPOINT".split(
    " ",
  ),
);

/** `PLUGIN_WEATHER_CITY`: the plugin host reads and checks those. */
const pluginSetting = /^PLUGIN_[A-Z\d]+_[A-Z\d_]+$/;

/**
 * What the settings of a bot in `folder` are read from; `before`: what was the environment's own when it began. Throws
 * `invalid` for the file of a secret that cannot be read.
 */
export function sourcesIn(folder: string, before?: Environment): Sources {
  const { file, environment: own } = environmentsIn(folder, process.env);
  const environment = before ?? own;
  const secrets = secretsIn(environment, file, folder);
  return { file, environment, secrets, chosen: chosenIn(chosenFileOf({ file, environment }, folder)) };
}

/** The configuration of this process: its environment, the `.env` in `folder`, and what an admin chose. */
export const loadConfig = (folder = process.cwd()): Config => configOf(sourcesIn(folder));

/** What follows from all of them. Throws `invalid` with one sentence for each mistake, each on its line. */
export const configOf = ({ file, environment, secrets, chosen }: Sources): Config =>
  readConfig({ ...environment, ...chosen }, { ...file, ...secrets });

/**
 * The frozen configuration. `file` is what `.env` says; the environment wins over it.
 * Throws `invalid` with one sentence for each mistake, each on its line.
 */
export function readConfig(environment: Environment, file: Environment = {}): Config {
  const mistakes = [...misspelled(environment, file)];
  const read = Object.fromEntries(
    settingRows.map(({ name, variable, ...row }) => {
      const text = (environment[variable] ?? file[variable] ?? "").trim();
      if (text === "") return [name, row.default];
      try {
        return [name, row.parse(text)];
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        mistakes.push(`${variable} ${why}${secretSettings.has(name) ? "" : ` (it is ${JSON.stringify(text)})`}.`);
        return [name, row.default];
      }
    }),
  ) as Values;
  const config: Config = { ...read, host: read.host ?? (read.auth === "off" ? "127.0.0.1" : "0.0.0.0") };
  mistakes.push(...contradictions(config));
  if (mistakes.length > 0) throw new Failure("invalid", mistakes.join("\n"));
  return Object.freeze(config);
}

function* contradictions(config: Config): Generator<string> {
  if (config.auth === "off" && !isLoopback(config.host))
    yield `AUTH=off works on loopback only, but HOST is ${config.host}: set HOST=127.0.0.1 or leave AUTH out.`;
  if (config.usePairingCode && config.phoneNumber === null)
    yield "USE_PAIRING_CODE=true needs PHONE_NUMBER, the number of the phone that will link, e.g. 628123456789.";
  if (config.alertEmail.length > 0 && config.smtpUrl === null)
    yield "ALERT_EMAIL needs SMTP_URL, the mail server that alerts go out by.";
  const keys = { SEAL_KEY: config.sealKey, SEAL_KEY_FILE: config.sealKeyFile, SEAL_KEY_COMMAND: config.sealKeyCommand };
  const set = Object.entries(keys).flatMap(([name, value]) => (value === null ? [] : [name]));
  if (set.length > 1) yield `${set.join(" and ")} say the same thing: leave one of them.`;
  if ((config.tlsCert === null) !== (config.tlsKey === null))
    yield "TLS_CERT and TLS_KEY go together: set both or neither.";
  if ((config.whatsappUrl === null) !== (config.whatsappRootKey === null))
    yield "WHATSAPP_URL and WHATSAPP_ROOT_KEY go together: set both or neither.";
}

function* misspelled(environment: Environment, file: Environment): Generator<string> {
  for (const name of new Set([...Object.keys(file), ...Object.keys(environment)])) {
    if (runtimeNames.has(name) || pluginSetting.test(name) || variables.includes(name)) continue;
    const meant = variables.find((variable) => nearlySame(name, variable));
    if (meant !== undefined) yield `${name} is not a setting: did you mean ${meant}?`;
    else if (name in file) yield `${name} in .env is not a setting of Merpati: remove it. .env.example lists them all.`;
  }
}

/** What deserves a warning in the log at every start. */
export function* warnings(config: Config): Generator<string> {
  if (config.whatsappUrl !== null) yield "WHATSAPP_URL is set: this bot talks to another server than WhatsApp's.";
  if (config.auth === "off") yield "AUTH=off: everybody on this machine may use the bot without a key.";
  if (config.corsOrigin.includes("null"))
    yield "CORS_ORIGIN=null: every page that hides its origin may call this server, not only files you open yourself.";
  if (config.corsOrigin.includes("*")) yield "CORS_ORIGIN=*: every web page may call this server.";
}

/** The text of `.env.example`. */
export function exampleFile(): string {
  const rows = settingRows.map(({ about, variable, example }) => {
    const file = mayBeInFile(variable) ? ` ${variable}_FILE names a file that holds it.` : "";
    return `# ${about}${file}\n# ${variable}=${example}\n`;
  });
  return `# Copy to .env, take the # off the lines you need. Nothing is required.\n\n${rows.join("\n")}`;
}
