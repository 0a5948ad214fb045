import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

const page = readFileSync(join(import.meta.dir, "../../docs/operating.md"), "utf8");
const recipe = /```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const program = Bun.which("nginx") ?? (existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : null);

/** nginx with the server of the docs, on a free port of loopback and without TLS. */
async function startProxy(bot: TestBot): Promise<{ url: string; stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), "merpati-nginx-"));
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = probe;
  await probe.stop(true);
  const server = recipe
    .replace("listen 443 ssl", `listen 127.0.0.1:${port}`)
    .replaceAll(/^\s*ssl_.*$/gm, "")
    .replace("http://127.0.0.1:3000", bot.url);
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/${name};`);
  const config = `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1;
    events {} http { access_log off; ${temp.join(" ")} ${server} }`;
  writeFileSync(join(dir, "nginx.conf"), config);
  const child = Bun.spawn([program ?? "", "-c", join(dir, "nginx.conf"), "-p", dir], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) if (child.exitCode !== null) throw new Error(readFileSync(join(dir, "error.log"), "utf8"));
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
      rmSync(dir, { recursive: true });
    },
  };
}

// Where it is at hand; `.ci/run` installs it.
if (program !== null)
  test("through nginx as the docs set it up: sign-in, page, sockets, event stream, upload, addresses", async () => {
    await using bot = await startBot({ env: { TRUSTED_PROXIES: "127.0.0.1" } });
    await bot.link();
    const proxy = await startProxy(bot);
    const origin = proxy.url;
    const signIn = await fetch(`${proxy.url}/session`, {
      method: "POST",
      headers: { origin, "content-type": "application/json", "x-forwarded-for": "203.0.113.7" },
      body: JSON.stringify({ key: adminKey }),
    });
    expect(signIn.status).toBe(200);
    const cookie = signIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    const html = await (await fetch(proxy.url)).text();
    const asset = /(?:src|href)="(\/assets\/[^"]+)"/.exec(html)?.[1] ?? "";
    expect((await fetch(`${proxy.url}${asset}`)).status).toBe(200);
    expect((await fetch(`${proxy.url}/v1/devices`, { headers: { cookie, origin } })).status).toBe(200);
    const socket = await SocketClient.open(proxy.url, { auth: { key: adminKey }, transports: ["websocket"] });
    expect(socket.socket.io.engine.transport.name).toBe("websocket");
    const over = new AbortController();
    const stream = await fetch(`${proxy.url}/v1/events?types=message.received`, {
      headers: { "x-api-key": adminKey, accept: "text/event-stream" },
      signal: over.signal,
    });
    const reader = stream.body?.getReader();
    const { id } = await bot.contact().says("through the proxy", { to: bot.phone });
    let told = "";
    while (!told.includes(id)) told += new TextDecoder().decode((await reader?.read())?.value);
    over.abort();
    const upload = await fetch(`${proxy.url}/v1/devices/default/media`, {
      method: "POST",
      headers: { "x-api-key": adminKey, "content-type": "application/pdf" },
      body: new Uint8Array(20_000_000).fill(37),
    });
    expect(upload.status).toBe(201);
    const entries = await bot.app.administer(bot.workspace.principal).audit({ limit: 20 });
    expect(entries).toContainEqual(expect.objectContaining({ action: "session.open", address: "203.0.113.7" }));
    socket.socket.disconnect();
    await proxy.stop();
  }, 60_000);

test("the recipe is in the docs", () => {
  expect(recipe).toContain("proxy_pass http://127.0.0.1:3000;");
});
