import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fenced, printed, runShell, shellTools } from "../api/samples.ts";
import { type TestBot, adminKey, startBot } from "../harness.ts";
import { SocketClient } from "../socket-client.ts";

const page = await Bun.file(join(import.meta.dir, "../../docs/faces.md")).text();
const root = join(import.meta.dir, "../..");
let bot: TestBot;
let folder = "";

beforeAll(async () => {
  bot = await startBot();
  folder = mkdtempSync(join(tmpdir(), "merpati-docs-"));
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const prelude = () => `
BOT=${bot.url}
KEY=${adminKey}
merpati() { SESSIONS_DIR=${bot.folder} ${process.execPath} ${root}/src/main.ts "$@"; }
`;

test.skipIf(!shellTools)(
  "every shell block runs",
  async () => {
    const keys: string[] = [];
    const blocks = fenced(page, "sh");
    expect(blocks).toHaveLength(4);
    for (const block of blocks) {
      const out = await runShell(block, prelude(), folder);
      if (block.includes("curl")) for (const said of printed(out)) expect(said).toMatchObject({ success: true });
      else expect(out).not.toBe("");
      keys.push(...(out.match(/^mp_[\w-]{43}$/gm) ?? []));
    }
    // A key that is made by the bot itself: it looks for the others too.
    await bot.call("POST", "/v1/admin/keys", { name: "another", scopes: ["read"] });
    const tries = [
      ["GET", "/v1/admin/tenants"],
      ["PATCH", "/v1/admin/tenants/default", { name: "Default" }],
      ["GET", "/v1/devices/default"],
      ["POST", "/v1/devices/default/messages", {}],
      ["POST", "/v1/devices/default/pairing/link", {}],
    ] as const;
    const done = keys.map(async (key) =>
      Promise.all(
        tries.map(async ([how, path, body]) => (await bot.call(how, path, body, { "x-api-key": key })).status),
      ),
    );
    expect(await Promise.all(done)).toEqual([
      [200, 200, 200, 400, 200],
      [200, 403, 200, 403, 403],
      [403, 403, 200, 400, 403],
      [403, 403, 403, 404, 403],
      [403, 403, 404, 404, 404],
    ]);
  },
  30_000,
);

test.skipIf(!shellTools)(
  "what the sign-in page advises opens everything",
  async () => {
    const words = await Bun.file(join(root, "src/dashboard/words/door.ts")).text();
    const advised = [...words.matchAll(/merpati key new [^"]+/g)].map(([command]) => command);
    expect(advised).toHaveLength(2);
    const out = await runShell(advised.join("\n"), prelude(), folder);
    await bot.call("POST", "/v1/admin/keys", { name: "another", scopes: ["read"] }); // the bot looks for the others too
    for (const key of out.match(/^mp_[\w-]{43}$/gm) ?? []) {
      const status = async (method: string, path: string, body?: object) =>
        (await bot.call(method, path, body, { "x-api-key": key })).status;
      expect(await status("PATCH", "/v1/admin/tenants/default", { name: "Default" })).toBe(200);
      expect(await status("POST", "/v1/devices/default/messages", {})).toBe(400);
    }
    expect(out.match(/^mp_/gm)).toHaveLength(2);
  },
  30_000,
);

test("the socket block runs", async () => {
  await bot.until(() => bot.device.status().qr !== null, "a QR");
  const [block = ""] = fenced(page, "ts");
  const heard: unknown[] = [];
  const host = {
    url: bot.url,
    key: adminKey,
    lastSeq: 0,
    heard: (...said: unknown[]) => heard.push(said),
    made: (...said: unknown[]) => heard.push(said),
    show: (...said: unknown[]) => heard.push(said),
    io: (await import("socket.io-client")).io,
  };
  const code = block.replace(/^import .*$/m, "");
  // oxlint-disable-next-line typescript/no-implied-eval -- the page's own code
  const run = new Function(...Object.keys(host), `${code}\nreturn socket;`);
  const socket = run(...Object.values(host)) as { disconnect(): void };
  // Another client hears the same, so that there is something to wait for.
  using witness = await SocketClient.open(bot.url, { auth: { key: adminKey } });
  await witness.ask("session.create", { key: "shop-1" });
  await witness.next("session.qr");
  await bot.link();
  await bot.contact().says("hello", { to: bot.phone });
  await witness.next("message:received");
  while (heard.length < 3) await (await fetch(`${bot.url}/health`)).text();
  socket.disconnect();
  expect(heard).toContainEqual([true]);
  expect(heard).toContainEqual(["628123456789@s.whatsapp.net", "hello", expect.any(Number)]);
  expect(heard).toContainEqual(["shop-1", expect.stringMatching(/^data:image\/png/), expect.any(Number)]);
});

test("every face that the page names is there", async () => {
  const { paths } = (await (await fetch(`${bot.url}/docs/json`)).json()) as { paths: Record<string, unknown> };
  const named = [
    "/connection/qr",
    "/connection/disconnect",
    "/status",
    "/v1/admin/audit",
    "/api/devices/{device}/status",
  ];
  for (const path of named) expect(Object.keys(paths)).toContain(path);
});
