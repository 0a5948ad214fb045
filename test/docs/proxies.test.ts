import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browserPath, openBrowser } from "../browser.ts";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

const page = readFileSync(join(import.meta.dir, "../../docs/operating.md"), "utf8");
const recipes = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) => text ?? "");
const [nginxAtRoot = ""] = recipes("nginx");
const [caddyAtRoot = "", caddyBelow = ""] = recipes("caddy");
const nginxBelow = nginxAtRoot.replace("location / {", "location /bot/ {");

const programOf = (name: string, path: string) => Bun.which(name) ?? (existsSync(path) ? path : null);
const nginx = programOf("nginx", "/usr/sbin/nginx");
const caddy = programOf("caddy", "/usr/bin/caddy");

interface Proxy {
  url: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = probe;
  await probe.stop(true);
  return port;
}

/** A proxy of this configuration, once it answers. */
async function started(port: number, dir: string, command: string[], base: string): Promise<Proxy> {
  const env = { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
  const log = join(dir, "output.log");
  const child = Bun.spawn(command, { env, stdout: Bun.file(log), stderr: Bun.file(log) });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}${base}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) if (child.exitCode !== null) throw new Error(readFileSync(log, "utf8"));
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
      rmSync(dir, { recursive: true });
    },
  };
}

/** nginx with the server of the docs, on a free port of loopback and without TLS. */
async function startNginx(recipe: string, { url }: TestBot, base: string): Promise<Proxy> {
  const [port, dir] = [await freePort(), mkdtempSync(join(tmpdir(), "merpati-nginx-"))];
  const server = recipe
    .replace("listen 443 ssl", `listen 127.0.0.1:${port}`)
    .replaceAll(/^\s*ssl_.*$/gm, "")
    .replace("http://127.0.0.1:3000", url);
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/${name};`);
  const config = `daemon off; pid ${dir}/pid; error_log stderr; worker_processes 1;
    events {} http { access_log off; ${temp.join(" ")} ${server} }`;
  writeFileSync(join(dir, "nginx.conf"), config);
  return started(port, dir, [nginx ?? "", "-c", join(dir, "nginx.conf"), "-p", dir], base);
}

/** Caddy with the site of the docs, likewise. */
async function startCaddy(recipe: string, { url }: TestBot, base: string): Promise<Proxy> {
  const [port, dir] = [await freePort(), mkdtempSync(join(tmpdir(), "merpati-caddy-"))];
  const site = recipe.replace(/^[\w.]+/, `http://127.0.0.1:${port}`).replace("127.0.0.1:3000", new URL(url).host);
  writeFileSync(join(dir, "Caddyfile"), `{\n  admin off\n}\n${site}`);
  return started(port, dir, [caddy ?? "", "run", "--config", join(dir, "Caddyfile")], base);
}

/** Signs in from another address of this machine. Returns the cookie. */
async function signIn(url: string, origin: string, from: string): Promise<string> {
  const body = JSON.stringify({ key: adminKey });
  const headers = [`origin: ${origin}`, "content-type: application/json"].flatMap((each) => ["-H", each]);
  const call = ["curl", "-sS", "-i", "--interface", from, ...headers, "-d", body, `${url}/session`];
  const said = await new Response(Bun.spawn(call, { stdout: "pipe" }).stdout).text();
  expect(said).toStartWith("HTTP/1.1 200");
  return /^set-cookie: (.*?)\r?$/im.exec(said)?.[1] ?? "";
}

/** Sign-in, page, sockets, event stream, upload, links and the audit's addresses, all through the proxy. */
async function holds(bot: TestBot, { url: origin }: Proxy, base: string, from: string): Promise<void> {
  const url = `${origin}${base}`;
  const whole = await signIn(url, origin, from);
  expect(whole).toContain(`Path=${base || "/"};`);
  const cookie = whole.split(";")[0] ?? "";
  const html = await (await fetch(`${url}/`)).text();
  const asset = /(?:src|href)="([^"]*\/assets\/[^"]+)"/.exec(html)?.[1] ?? "";
  expect(asset).toStartWith(`${base}/assets/`);
  expect((await fetch(`${origin}${asset}`)).status).toBe(200);
  expect((await fetch(`${url}/v1/devices`, { headers: { cookie, origin } })).status).toBe(200);
  const described = (await (await fetch(`${url}/docs/json`)).json()) as { servers: { url: string }[] };
  expect(described.servers.map((server) => server.url)).toEqual([base || "/"]);
  const options = { auth: { key: adminKey }, transports: ["websocket"], path: `${base}/socket.io/` };
  const socket = await SocketClient.open(origin, options);
  expect(socket.socket.io.engine.transport.name).toBe("websocket");
  socket.socket.disconnect();
  await hears(bot, url);
  await uploads(origin, url);
  const entries = await bot.app.administer(bot.workspace.principal).audit({ limit: 50 });
  expect(entries).toContainEqual(expect.objectContaining({ action: "session.open", address: from }));
}

async function hears(bot: TestBot, url: string): Promise<void> {
  const over = new AbortController();
  const stream = await fetch(`${url}/v1/events?types=message.received`, {
    headers: { "x-api-key": adminKey, accept: "text/event-stream" },
    signal: over.signal,
  });
  const reader = stream.body?.getReader();
  const { id } = await bot.contact().says("through the proxy", { to: bot.phone });
  let told = "";
  while (!told.includes(id)) told += new TextDecoder().decode((await reader?.read())?.value);
  over.abort();
}

/** More than nginx takes where nothing is said. */
const size = 2_000_000;

async function uploads(origin: string, url: string): Promise<void> {
  const headers = { "x-api-key": adminKey };
  const upload = await fetch(`${url}/v1/devices/default/media`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/pdf" },
    body: new Uint8Array(size).fill(37),
  });
  expect(upload.status).toBe(201);
  const { data } = (await upload.json()) as { data: { media_id: string; url: string } };
  const fetched = async (address: string, key = headers) =>
    (await (await fetch(address, { headers: key })).bytes()).length;
  // From the root of the host, and behind our address.
  expect([await fetched(`${origin}${data.url}`), await fetched(`${url}${data.url}`)]).toEqual([size, size]);
  const made = await fetch(`${url}/v1/media/${data.media_id}/link`, { method: "POST", headers });
  const { data: link } = (await made.json()) as { data: { url: string } };
  expect(link.url).toStartWith(`${url}/media/`);
  expect(await fetched(link.url, {} as typeof headers)).toBe(size);
}

// Where they are at hand: `.ci/run` installs nginx, `test/check.ts` says which is not there.
const proxies = [
  { name: "nginx", program: nginx, start: startNginx, root: nginxAtRoot, path: nginxBelow, from: "127.0.0.7" },
  { name: "Caddy", program: caddy, start: startCaddy, root: caddyAtRoot, path: caddyBelow, from: "127.0.0.8" },
].filter(({ program }) => program !== null);

let bot: TestBot;
const begin = (base: string) => async () => {
  bot = await startBot({ env: { TRUSTED_PROXIES: "127.0.0.1", BASE_PATH: base } });
  await bot.link();
};
const end = () => bot[Symbol.asyncDispose]();

// One after the other: bots of one process trust the simulator that was named last.
describe("as the docs set it up", () => {
  beforeAll(begin(""), 60_000);
  afterAll(end);
  for (const { name, start, root, from } of proxies)
    test(`through ${name}`, async () => {
      const proxy = await start(root, bot, "");
      await holds(bot, proxy, "", from);
      await proxy.stop();
    }, 60_000);
});

describe("below a path", () => {
  beforeAll(begin("/bot/"), 60_000);
  afterAll(end);
  for (const { name, start, path, from } of proxies)
    test(`through ${name}`, async () => {
      const proxy = await start(path, bot, "/bot");
      await holds(bot, proxy, "/bot", from);
      const { status, url } = await fetch(`${proxy.url}/bot`);
      expect([status, url]).toEqual([200, `${proxy.url}/bot/`]);
      if (name === "nginx" && browserPath !== null) await visits(`${proxy.url}/bot/`);
      await proxy.stop();
    }, 60_000);

  test("without a proxy it answers at the root too, and /bot leads to its page", async () => {
    const key = { headers: { "x-api-key": adminKey } };
    expect((await fetch(`${bot.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${bot.url}/v1/devices`, key)).status).toBe(200);
    const moved = await fetch(`${bot.url}/bot`, { redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([308, "/bot/"]);
    expect((await fetch(`${bot.url}/bottle/v1/devices`, key)).status).toBe(404);
  });
});

/** A browser signs in, hears what happens, and asks for nothing outside the path. */
async function visits(url: string): Promise<void> {
  await using browser = await openBrowser();
  const view = await browser.newPage();
  const outside: string[] = [];
  view.on("request", (request) => void (request.url().startsWith(url) || outside.push(request.url())));
  await view.goto(url);
  await view.getByLabel("API key", { exact: true }).fill(adminKey);
  await view.getByRole("button", { name: "Sign in", exact: true }).click();
  await view.getByText("Live", { exact: true }).first().waitFor();
  await view.goto(`${url}#/settings`);
  await view.getByText("BASE_PATH").first().waitFor();
  expect(outside.filter((each) => !each.startsWith("data:"))).toEqual([]);
}

test("the recipes are in the docs", () => {
  expect(nginxAtRoot).toContain("proxy_pass http://127.0.0.1:3000;");
  expect(page).toContain("the block is `location /bot/ {`");
  expect(caddyBelow).toContain("reverse_proxy /bot/* 127.0.0.1:3000");
});
