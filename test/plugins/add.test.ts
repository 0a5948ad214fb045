import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { addFrom } from "../../src/cli/plugin/add.ts";
import { readConfig } from "../../src/config/config.ts";
import { PluginRecords } from "../../src/plugins/settings/plugin-records.ts";
import { startBot } from "../harness.ts";
import { merpatiPlugin } from "./command.ts";
import { withPluginStore } from "../../src/cli/base/data-folder.ts";

let folder: string;
let server: Bun.Server<undefined>;
/** What the server answers, by path. */
let answers: Record<string, (request: Request) => Response | Promise<Response>>;
const asked: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "merpati-add-"));
  answers = {};
  asked.length = 0;
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      const answer = answers[pathname] ?? answers[`/${pathname.split("/")[1]}`];
      return answer?.(request) ?? new Response(null, { status: 404 });
    },
  });
});
afterEach(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

const dir = () => join(folder, "plugins");
const config = (allow = "loopback") =>
  readConfig({ PLUGINS_DIR: dir(), SESSIONS_DIR: join(folder, "sessions"), OUTBOUND_ALLOW: allow });
const url = (path: string) => `http://127.0.0.1:${server.port}${path}`;
const sha = (text: string) => createHash("sha256").update(text).digest("hex");

const weather = (version: string, permissions: string[], more = "") =>
  `export default { name: "weather", version: "${version}", description: "Tells it.",
  permissions: ${JSON.stringify(permissions)}, setup({ command }) { command("weather", ({ reply }) => reply("sun")); ${more} } };\n`;

/** What it says, or why it was refused. */
async function add(address: string, { yes = true, allow = "loopback" } = {}): Promise<string> {
  const said: string[] = [];
  await addFrom(config(allow), address, yes, (line) => void said.push(line)).catch((thrown: Error) =>
    said.push(`✗ ${thrown.message}`),
  );
  return said.join("\n");
}

/** Serves a plugin; its address with its hash. */
function serve(text: string, path = "/weather.ts"): string {
  answers[path] = () => new Response(text);
  return `${url(path)}@${sha(text)}`;
}
const files = () => (existsSync(dir()) ? readdirSync(dir()).filter((name) => !/^\.merpati$|json$/.test(name)) : []);
const records = <T>(ask: (records: PluginRecords) => Promise<T>) =>
  withPluginStore(config(), (store) => ask(new PluginRecords(store.pluginData, dir())));

test("what it asks for is shown before it is there; it is off until it is enabled", async () => {
  const address = serve(weather("1.0.0", ["net:api.example.com", "store"]));
  expect(await add(address, { yes: false })).toBe(
    `✗ weather 1.0.0 – Tells it.\nfrom ${url("/weather.ts")}, ${address.slice(-64, -52)}. It asks for: net:api.example.com, store. Add --yes if that is right.`,
  );
  expect([files(), existsSync(join(folder, "sessions"))]).toEqual([[], false]);
  expect(await add(address)).toContain(
    "It asks for: net:api.example.com, store.\nweather is there. Switch it on with: ",
  );
  expect(files().sort()).toEqual(["help.ts", "ping.ts", "weather.ts"]);
  expect(await records((all) => all.wanted("weather"))).toBeFalse();
  expect(await add(address)).toBe("✗ weather is there in that version already.");
});

test("an update shows what it may do more and less, and that what was altered here is lost", async () => {
  await add(serve(weather("1.0.0", ["store", "send"])));
  await records((all) => all.want("weather", true));
  const next = serve(weather("1.1.0", ["net:*", "send"]));
  const shown = "weather: 1.0.0 → 1.1.0\nIt asks for more: net:*.\nNo longer for: store.\nAs before for: send.";
  expect(await add(next, { yes: false })).toBe(`✗ ${shown} Add --yes if that is right.`);
  expect(readFileSync(join(dir(), "weather.ts"), "utf8")).toContain("1.0.0");
  expect(await add(next)).toBe(`${shown}\nweather is updated. A running bot has it already.`);
  expect(readFileSync(join(dir(), "weather.ts"), "utf8")).toContain("1.1.0");
  expect(await records((all) => all.wanted("weather"))).toBeTrue();
  writeFileSync(join(dir(), "weather.ts"), weather("1.1.1", ["net:*", "send"]));
  expect(await add(next)).toContain(
    "It asks for nothing more.\nAs before for: net:*, send.\nIt was altered here since it came: that is lost.",
  );
});

test("beside a running bot it is off at once, on when it is enabled, and updated where it runs", async () => {
  await using bot = await startBot();
  await Bun.write(join(bot.folder, ".env"), "OUTBOUND_ALLOW=loopback\n");
  const beside = (address: string) => merpatiPlugin(bot.folder, bot.folder, "add", address, "--yes");
  const shown = async () => {
    const { data } = (await (await bot.call("GET", "/v1/admin/plugins/weather")).json()) as { data?: object };
    return data as { state: string; version: string; permissions: string[]; origin: object } | undefined;
  };
  const until = async (version: string) => {
    for (;;) {
      const now = await shown();
      if (now?.version === version && now.state !== "loading") return;
    }
  };
  const first = serve(weather("1.0.0", ["store"]));
  expect(await beside(first)).toMatchObject({ err: "", exit: 0 });
  await until("1.0.0");
  expect(await shown()).toMatchObject({
    state: "off",
    origin: { url: url("/weather.ts"), path: null, hash: first.slice(-64) },
  });
  expect((await bot.call("POST", "/v1/admin/plugins/weather/enable")).status).toBe(200);
  expect(await beside(serve(weather("1.1.0", ["store", "send"])))).toMatchObject({ err: "", exit: 0 });
  await until("1.1.0");
  expect(await shown()).toMatchObject({ state: "running", permissions: ["store", "send"] });
}, 20_000);

test("another file than the one that is meant is refused; so is what is no plugin, in one place or of another", async () => {
  const text = weather("1.0.0", []);
  const address = serve(text);
  answers["/weather.ts"] = () => new Response(`${text} `);
  expect(await add(address)).toBe(
    `✗ ${url("/weather.ts")} is not the file that is meant: its SHA-256 is ${sha(`${text} `)}. Nothing was changed.`,
  );
  expect(await add(serve("export const x = 1;", "/x.ts"))).toContain("It is no plugin: x.ts has no plugin");
  expect(await add(serve("export default {", "/x.ts"))).toMatch(
    /It is no plugin: .* \(x\.ts:\d\)\. Nothing was changed\./,
  );
  const importing = `import "./other.ts";\n${text}`;
  expect(await add(serve(importing))).toContain('It imports "./other.ts", and is one file');
  expect(files()).toEqual([]);
  await add(serve(text));
  expect(await add(serve(weather("2.0.0", []), "/other.ts"))).toContain(
    'There is a plugin "weather" already, from http',
  );
  expect(await add(serve(text.replace('"weather"', '"ping"'), "/ping.ts"))).toContain(
    '"ping" already, from elsewhere.',
  );
  expect(await add(url("/gone.ts") + `@${sha("")}`)).toBe(`✗ ${url("/gone.ts")} answered 404.`);
});

test.each([
  ["https://example.com/weather.ts", "does not say which version is meant, by a hash"],
  [`https://example.com/weather.ts@${"a".repeat(40)}`, "is its SHA-256, 64 digits, not 40"],
  [`https://example.com/weather.git@${"a".repeat(39)}`, "40 or 64 digits, not 39"],
  [`http://example.com/weather.ts@${"a".repeat(64)}`, "http://example.com is not read: a plugin comes by https"],
  [`ftp://example.com/weather.ts@${"a".repeat(64)}`, "a plugin comes by https"],
  [`https://ann@example.com/weather.ts@${"a".repeat(64)}`, "has a user name in it"],
  [`https://example.com/weather.zip@${"a".repeat(64)}`, "its name ends in .ts or .js"],
  [`https://example.com/weather.ts@${"a".repeat(64)}#x.ts`, 'Only in a repository there is "#x.ts"'],
  [`https://example.com/weather.git@${"a".repeat(40)}#../x.ts`, "leads out of the repository"],
])("%s is refused before anything is asked", async (address, why) => {
  expect(await add(address)).toContain(why);
  expect([asked, files()]).toEqual([[], []]);
});

test("private addresses stay closed without OUTBOUND_ALLOW, where a redirect leads too", async () => {
  const address = serve(weather("1.0.0", []));
  expect(await add(address, { allow: "" })).toContain("is a loopback address, which is kept closed");
  const text = weather("1.0.0", []);
  answers["/far.ts"] = () => new Response(null, { status: 302, headers: { location: "https://10.0.0.1/weather.ts" } });
  expect(await add(`${url("/far.ts")}@${sha(text)}`)).toContain("10.0.0.1 is a private address, which is kept closed");
  answers["/down.ts"] = () => new Response(null, { status: 302, headers: { location: "http://example.com/x.ts" } });
  expect(await add(`${url("/down.ts")}@${sha(text)}`)).toContain("http://example.com is not read");
  answers["/round.ts"] = () => new Response(null, { status: 302, headers: { location: "/round.ts" } });
  expect(await add(`${url("/round.ts")}@${sha(text)}`)).toContain("leads on more than 5 times");
  answers["/near.ts"] = () => new Response(null, { status: 302, headers: { location: "/weather.ts" } });
  expect(files()).toEqual([]);
  expect(await add(`${url("/near.ts")}@${sha(text)}`)).toContain("weather is there.");
});

test("a file larger than 1 MB is left where it is", async () => {
  const large = weather("1.0.0", [], `/* ${"x".repeat(1_000_000)} */`);
  expect(await add(serve(large))).toContain("is larger than 1 MB");
  expect(files()).toEqual([]);
});

/** A repository with these files, served as git serves them; its commit. */
async function repository(contents: Record<string, string>, ...more: string[][]): Promise<string> {
  const home = join(folder, "repository");
  mkdirSync(home, { recursive: true });
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  const who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
  const git = async (...args: string[]) =>
    (await new Response(Bun.spawn(["git", ...who, ...args], { cwd: home, stderr: "ignore" }).stdout).text()).trim();
  await git("init", "--quiet");
  for (const args of more) await git(...args);
  await git("add", "-A");
  await git("commit", "--quiet", "-m", "It");
  answers["/weather.git"] = (request) => backend(home, request);
  return git("rev-parse", "HEAD");
}

/** What a web server does with `git http-backend`. */
async function backend(home: string, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const env = {
    PATH: process.env["PATH"] ?? "",
    GIT_PROJECT_ROOT: join(home, ".git"),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: pathname.replace("/weather.git", ""),
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers.get("content-type") ?? "",
    GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
  };
  const child = Bun.spawn(["git", "http-backend"], { env, stdin: await request.blob(), stdout: "pipe" });
  const bytes = Buffer.from(await new Response(child.stdout).bytes());
  const end = bytes.indexOf("\r\n\r\n");
  const headers = bytes
    .subarray(0, end)
    .toString()
    .split("\r\n")
    .map((line): [string, string] => {
      const [name = "", ...value] = line.split(": ");
      return [name, value.join(": ")];
    });
  const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
  return new Response(bytes.subarray(end + 4), { status: Number.parseInt(status), headers });
}

test("a repository brings a folder or a file of it, at its commit and no other", async () => {
  const commit = await repository({
    "index.ts": `import { word } from "./lib/word.ts";\n${weather("1.0.0", ["store"], "word;")}`,
    "lib/word.ts": 'export const word = "sun";\r\n',
    ".gitattributes": "* text eol=lf export-subst\n",
    "more/tea.ts": weather("1.0.0", []).replace('"weather"', '"tea"'),
  });
  expect(await add(`${url("/weather.git")}@${commit}`)).toContain("It asks for: store.\nweather is there.");
  expect(readFileSync(join(dir(), "weather/lib/word.ts"), "utf8")).toStartWith('export const word = "sun";');
  expect(await add(`${url("/weather.git")}@${commit}#more/tea.ts`)).toContain("tea is there.");
  expect(files().sort()).toEqual(["help.ts", "ping.ts", "tea.ts", "weather"]);
  const other = `${commit.startsWith("0") ? "1" : "0"}${commit.slice(1)}`;
  expect(await add(`${url("/weather.git")}@${other}`)).toContain("The repository cannot be fetched at that commit");
  expect(await add(`${url("/weather.git")}@${commit}#more`)).toContain("There are: index.ts");
  const next = await repository({ "index.ts": weather("1.1.0", ["store", "send"]), "lib/word.ts": "" });
  expect(await add(`${url("/weather.git")}@${next}`)).toContain("It asks for more: send.");
  expect(readFileSync(join(dir(), "weather/index.ts"), "utf8")).toContain("1.1.0");
  expect(await add(`${url("/weather.git")}@${next}`, { allow: "" })).toContain("which is kept closed");
  expect(files().filter((name) => name.startsWith("."))).toEqual([]);
}, 20_000);

test("a repository with links, or too much in it, is left where it is", async () => {
  await Bun.$`mkdir -p ${join(folder, "repository")} && ln -s /etc/passwd ${join(folder, "repository/secret")}`;
  const linked = await repository({ "index.ts": weather("1.0.0", []) });
  expect(await add(`${url("/weather.git")}@${linked}`)).toContain("secret is a link");
  rmSync(join(folder, "repository/secret"));
  const many = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`x/${index}.txt`, ""]));
  const large = await repository({ ...many });
  expect(await add(`${url("/weather.git")}@${large}`)).toContain(
    "It has 502 files of 0.0 MB; a plugin has at most 500",
  );
  expect(files()).toEqual([]);
}, 20_000);

test("Ctrl+C at the question is a no", async () => {
  const address = serve(weather("1.0.0", ["store"]));
  let said = "";
  await using terminal = new Bun.Terminal({
    data(at, bytes) {
      said += new TextDecoder().decode(bytes);
      if (said.endsWith("[y/N] ") || said.endsWith("G")) at.write("\x03");
    },
  });
  const env = {
    PLUGINS_DIR: dir(),
    SESSIONS_DIR: join(folder, "sessions"),
    OUTBOUND_ALLOW: "loopback",
    LOG_LEVEL: "error",
    PATH: process.env["PATH"] ?? "",
  };
  const main = join(import.meta.dir, "../../src/main.ts");
  const child = Bun.spawn([process.execPath, main, "plugin", "add", address], { cwd: folder, env, terminal });
  expect(await child.exited).toBe(1);
  expect(said).toContain("It asks for: store.");
  expect(said).toContain("Nothing was changed.");
  expect(said).not.toContain("went wrong");
  expect([files(), existsSync(join(folder, "sessions"))]).toEqual([[], false]);
}, 20_000);
