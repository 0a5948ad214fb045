import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { environmentsIn } from "../src/config/sources.ts";
import {
  configOf,
  exampleFile,
  loadConfig,
  readConfig,
  settings,
  sourcesIn,
  variableOf,
  warnings,
} from "../src/config/config.ts";

const sampleKey = "daa8ce0ff449a97c15a9159156cfb20a48bda1037450457f1c26e19159d7818a";

test("nothing is required", () => {
  expect(readConfig({})).toMatchObject({ port: 3000, host: "0.0.0.0", apiKey: null, auth: "on", webhookEvents: ["*"] });
  expect(readConfig({ AUTH: "off" }).host).toBe("127.0.0.1");
  expect(Object.isFrozen(readConfig({}))).toBe(true);
});

test("an empty value is an unset one", () => {
  expect(readConfig({ PORT: "", API_KEY: " " })).toMatchObject({ port: 3000, apiKey: null });
});

test("the environment wins over .env", () => {
  expect(readConfig({ PORT: "1" }, { PORT: "2", HOST: "::1" })).toMatchObject({ port: 1, host: "::1" });
});

test("lists are split at commas", () => {
  const config = readConfig({
    WEBHOOK_URL: "http://a.test/x, https://b.test",
    WEBHOOK_EVENTS: "device.*,message.sent",
  });
  expect(config.webhookUrl).toEqual(["http://a.test/x", "https://b.test/"]);
  expect(config.webhookEvents).toEqual(["device.*", "message.sent"]);
});

const bad: [Record<string, string>, string][] = [
  [{ PORT: "http" }, 'PORT takes a whole number from 0 to 65535 (it is "http").'],
  [{ PORT: "70000" }, "PORT takes a whole number"],
  [{ AUTH: "maybe" }, "AUTH takes on or off"],
  [{ USE_PAIRING_CODE: "perhaps" }, "USE_PAIRING_CODE takes true or false"],
  [{ PHONE_NUMBER: "+62 812" }, "PHONE_NUMBER takes digits with country code"],
  [{ WEBHOOK_URL: "example.com" }, "WEBHOOK_URL takes an address like https://example.com/hook"],
  [{ WEBHOOK_EVENTS: "message.recieved" }, "WEBHOOK_EVENTS takes event types"],
  [{ WHATSAPP_URL: "http://x" }, "WHATSAPP_URL takes a WebSocket address"],
  [{ WHATSAPP_ROOT_KEY: "00" }, "WHATSAPP_ROOT_KEY takes 64 hex digits."],
  [{ CORS_ORIGIN: "example.com" }, "CORS_ORIGIN takes origins"],
  [{ AUTH: "off", HOST: "0.0.0.0" }, "AUTH=off works on loopback only"],
  [{ USE_PAIRING_CODE: "true" }, "USE_PAIRING_CODE=true needs PHONE_NUMBER"],
  [{ WHATSAPP_URL: "ws://127.0.0.1:1" }, "WHATSAPP_URL and WHATSAPP_ROOT_KEY go together"],
  [{ API_KEY: sampleKey }, "API_KEY is the sample key from the documentation"],
  [
    { API_KEY: "fifteen-letters" },
    "API_KEY is too short to be safe: it takes 16 characters or more. Here is a good one: mp_",
  ],
  [{ TRUSTED_PROXIES: "nginx" }, "TRUSTED_PROXIES takes addresses and networks"],
  [{ TRUSTED_PROXIES: "10.0.0.0/33" }, "TRUSTED_PROXIES takes addresses and networks"],
  [{ API_KEY: "your_api_key_here" }, "API_KEY is the sample key from the documentation"],
];
test.each(bad)("%o stops the start", (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence);
});

test("a secret or a number of a phone is never repeated", () => {
  for (const variable of ["API_KEY", "PHONE_NUMBER", "WHATSAPP_ROOT_KEY"]) {
    let message = "";
    try {
      readConfig({ [variable]: "not a value" });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(variable);
    expect(message).not.toContain("not a value");
  }
});

test("every mistake is named at once", () => {
  expect(() => readConfig({ PORT: "x", AUTH: "y" })).toThrow(/PORT.*\n.*AUTH/);
});

test.each([
  ["WEBHOOK_URLS", "WEBHOOK_URL"],
  ["SESSION_DIR", "SESSIONS_DIR"],
  ["PAIRING_CODE_USE", null],
  ["APIKEY", "API_KEY"],
  ["API_KEYS", "API_KEY"],
  ["PHONENUMBER", "PHONE_NUMBER"],
  ["CORS_ORIGINS", "CORS_ORIGIN"],
  ["LOGLEVEL", "LOG_LEVEL"],
  ["WEBHOOK_SERCET", "WEBHOOK_SECRET"],
  // Other people's variables, often set where we run.
  ["APP_KEY", null],
  ["PORTS", null],
  ["HOSTNAME", null],
  ["SSH_AUTH_SOCK", null],
  ["XDG_SESSION_ID", null],
  ["DEBUG_LEVEL", null],
  ["SENDMAIL", null],
])("in the environment %s is taken for %s", (name, meant) => {
  const read = () => readConfig({ [name]: "x" });
  if (meant === null) expect(read).not.toThrow();
  else expect(read).toThrow(`${name} is not a setting: did you mean ${meant}?`);
});

test("in .env every unknown name stops the start", () => {
  expect(() => readConfig({}, { COLOUR: "red" })).toThrow("COLOUR in .env is not a setting of Merpati");
  expect(() => readConfig({ COLOUR: "red" }, {})).not.toThrow();
  expect(() => readConfig({}, { TZ: "Asia/Jakarta" })).not.toThrow();
});

test("a dollar in .env stays one, unless a name behind it is something", () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-config-"));
  const path = join(folder, ".env");
  writeFileSync(path, "SMTP_URL=smtp://me:pa$word@mail.test\nBACKUP_TO=$HOME/${HOME}\nLOG_LEVEL='info'\n");
  // What Bun made of these lines before we began.
  const made = { HOME: "/home/me", SMTP_URL: "smtp://me:pa@mail.test", BACKUP_TO: "/home/me//home/me" };
  const { file, environment } = environmentsIn(folder, { ...made, LOG_LEVEL: "warn" });
  expect(file).toEqual({
    SMTP_URL: "smtp://me:pa$word@mail.test",
    BACKUP_TO: "/home/me//home/me",
    LOG_LEVEL: "info",
  });
  expect(environment).toEqual({ HOME: "/home/me", LOG_LEVEL: "warn" });
  rmSync(folder, { recursive: true });
});

test("a secret stands in a file that …_FILE names, and a bad one is named without what it holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-config-"));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const env = (...lines: string[]) => write(".env", lines.join("\n"));
  write("smtp", "smtps://me:hunter2@mail.example.com\n");
  write("key", `${"k".repeat(20)}\n`);
  env("SMTP_URL_FILE=smtp", `API_KEY_FILE=${join(folder, "key")}`);
  expect(loadConfig(folder)).toMatchObject({ smtpUrl: "smtps://me:hunter2@mail.example.com", apiKey: "k".repeat(20) });
  const refused = (sentence: string) => {
    const said = String(
      (() => {
        try {
          return loadConfig(folder);
        } catch (error) {
          return error;
        }
      })(),
    );
    expect(said).toContain(sentence);
    expect(said).not.toContain("hunter2");
  };
  env("SMTP_URL_FILE=smtp", "SMTP_URL=smtp://127.0.0.1");
  refused("SMTP_URL and SMTP_URL_FILE say the same thing: leave one of them.");
  env("SMTP_URL_FILE=none", "METRICS_KEY_FILE=empty");
  write("empty", "\n");
  refused("METRICS_KEY_FILE: empty should hold one line, the secret.\nSMTP_URL_FILE names none, which cannot be read.");
  write("smtp", "smtps://me:hunter2@mail.example.com\nmore");
  env("SMTP_URL_FILE=smtp");
  refused("SMTP_URL_FILE: smtp should hold one line");
  write("smtp", "hunter2");
  refused("SMTP_URL takes");
  env("SMTP_URL_FLIE=smtp");
  refused("did you mean SMTP_URL_FILE?");
  rmSync(folder, { recursive: true });
});

test("the environment wins over the file of a secret that .env names, and its own file over .env", () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-config-"));
  for (const name of ["one", "two"]) writeFileSync(join(folder, name), `http://${name}.test:8080`);
  const proxy = (environment: Record<string, string>) => configOf(sourcesIn(folder, environment)).proxy?.host;
  writeFileSync(join(folder, ".env"), "PROXY_FILE=one");
  expect([proxy({}), proxy({ PROXY: "http://three.test:8080" }), proxy({ PROXY_FILE: "two" })]).toEqual([
    "one.test",
    "three.test",
    "two.test",
  ]);
  writeFileSync(join(folder, ".env"), "PROXY=http://four.test:8080");
  expect(proxy({ PROXY_FILE: "two" })).toBe("two.test");
  rmSync(folder, { recursive: true });
});

test(".env of the folder is read", () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-config-"));
  writeFileSync(join(folder, ".env"), '# mine\nexport PHONE_NUMBER="628123456789"\n');
  expect(loadConfig(folder).phoneNumber).toBe("628123456789");
  writeFileSync(join(folder, ".env"), "WEBHOOK_ULR=http://a.test\n");
  expect(() => loadConfig(folder)).toThrow("did you mean WEBHOOK_URL?");
  rmSync(folder, { recursive: true });
});

test(".env.example is the table, and its lines are understood", async () => {
  const text = await Bun.file(".env.example").text();
  expect(text).toBe(exampleFile());
  const lines = parseEnv(text.replaceAll(/^# ([A-Z_]+=)/gm, "$1"));
  expect(Object.keys(lines)).toEqual(Object.keys(settings).map(variableOf));
});

test("what is dangerous is said at every start", () => {
  const config = readConfig({ AUTH: "off", CORS_ORIGIN: "*" });
  expect([...warnings(config)].join(" ")).toMatch(/AUTH=off.*CORS_ORIGIN=\*/);
  expect([...warnings(readConfig({ CORS_ORIGIN: "null" }))]).toEqual([expect.stringContaining("CORS_ORIGIN=null")]);
  expect([...warnings(readConfig({}))]).toEqual([]);
});
