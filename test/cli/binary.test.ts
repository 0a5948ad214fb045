import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json" with { type: "json" };
import { systemClock } from "../../src/composition/system.ts";
import { openStore } from "../../src/store/open.ts";
import { browserPath, openBrowser } from "../browser.ts";
import { showsDocs } from "../server/docs-page.ts";
import { compile, runBinary } from "./binary.ts";

let binary: Awaited<ReturnType<typeof compile>>;
let folder = "";

beforeAll(async () => {
  binary = await compile();
  folder = mkdtempSync(join(tmpdir(), "merpati-empty-"));
}, 60_000);
afterAll(() => {
  binary.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: string[], environment?: Record<string, string>) => runBinary(binary.path, args, folder, environment);

test("says its version, its commands and settings", async () => {
  expect((await run(["--version"])).out).toBe(`merpati ${version}\n`);
  const { out } = await run(["--help"]);
  for (const word of ["sandbox", "key", "licenses", "WEBHOOK_URL", "AUTH"]) expect(out).toContain(word);
  const { out: ofKeys } = await run(["key", "--help"]);
  for (const word of ["new [options]", "list", "revoke <id>"]) expect(ofKeys).toContain(`\n  ${word} `);
});

test("says under which licences it may be passed on", async () => {
  const { out } = await run(["--licenses"]);
  expect(out).toContain("source is MIT. Nothing in this program is under the GPL or the AGPL");
  expect(out).toMatch(/^ {2}@whiskeysockets\/baileys 7\.0\.0-rc14 +MIT$/m);
  expect(out).toMatch(/^ {2}mediabunny [\d.]+ +MPL-2\.0 +where its source is/m);
  expect(out).not.toMatch(/^ {2}(libsignal|whatsapp-rust-bridge)/m);
  const full = (await run(["--licenses", "full"])).out;
  expect(full).toContain("Mozilla Public License");
  expect(full).not.toMatch(/^\s*GNU (AFFERO )?GENERAL PUBLIC LICENSE/m);
});

test("neither libsignal nor whatsapp-rust-bridge is in it, and what is in it is written beside it", async () => {
  const program = Buffer.from(await Bun.file(binary.path).arrayBuffer());
  for (const word of ["wacore/", "WhisperMessageKeys"])
    expect([word, program.includes(word)]).toEqual([word, word !== "wacore/"]);
  for (const word of ["whatsapp_rust_bridge", "libsignal/src"])
    expect([word, program.includes(word)]).toEqual([word, false]);
  const bom = (await Bun.file(`${binary.path}.cdx.json`).json()) as { components: { name: string }[] };
  const names = bom.components.map(({ name }) => name);
  expect(names).toContain("@whiskeysockets/baileys");
  expect(names).not.toContain("libsignal");
});

async function refused(args: string[], environment?: Record<string, string>): Promise<string> {
  const { out, err, exit } = await run(args, environment);
  expect({ out, exit }).toEqual({ out: "", exit: 1 });
  return err;
}

test("refuses what it does not understand in a sentence, without a stack", async () => {
  expect(await refused(["strat"])).toBe(
    'There is no command "strat"; merpati --help lists them all. Did you mean start?\n',
  );
  expect(await refused(["start", "--port=1"])).toStartWith('"start" takes nothing, not "--port=1"');
  expect(await refused(["start"], { PORT: "x" })).toBe('PORT takes a whole number from 0 to 65535 (it is "x").\n');
  expect(await refused(["start"], { WEBHOOK_ULR: "x" })).toBe(
    "WEBHOOK_ULR is not a setting: did you mean WEBHOOK_URL?\n",
  );
  writeFileSync(join(folder, ".env"), "COLOUR=red\n");
  expect(await refused(["start"])).toStartWith("COLOUR in .env is not a setting of Merpati");
  rmSync(join(folder, ".env"));
  expect(readdirSync(folder)).toEqual([]);
});

test("a verb that works on the folder makes none", async () => {
  const err = await refused(["key", "new", "--name=me", "--scopes=read"]);
  expect(err).toStartWith(`There is no Merpati in ${join(realpathSync(folder), "sessions")}: run this in the folder`);
  expect(readdirSync(folder)).toEqual([]);
});

test("makes, lists and revokes keys", async () => {
  await (await openStore({ dir: join(folder, "sessions"), clock: systemClock, targetsOf: () => [] })).close();
  const made = await run(["key", "new", "--name=shop", "--scopes=read,send"]);
  expect(made.out).toMatch(/^mp_[\w-]{43}\n/);
  const id = /Its id is (\S+)\./.exec(made.out)?.[1] ?? "";
  const listed = await run(["key", "list"]);
  const key = made.out.split("\n")[0] ?? "";
  expect(listed.out).toContain(`${id}  ${key.slice(0, 9)}…  shop  default  read,send  made `);
  expect(listed.out).toContain(" by command line  used never  expires never");
  expect(await refused(["key", "new", "--name=x"])).toStartWith("--scopes is missing: what may the key do?");
  expect(await refused(["key", "new", "--name=x", "--scopes=admin"])).toContain("is asked for with --admin");
  expect(await refused(["key", "new", "--admin", "--scopes=read", "--tenant=default", "--devices=a"])).toBe(
    "An admin key cannot be bound to devices.\n",
  );
  expect(listed.out).not.toContain(made.out.split("\n")[0] ?? "");
  expect((await run(["key", "revoke", id])).out).toBe(`Revoked ${id}.\n`);
  expect((await run(["key", "revoke", id])).err).toBe(`There is no key ${id} to revoke.\n`);
});

test("makes, lists and removes tenants", async () => {
  expect((await run(["tenant", "new", "acme", "--name=Acme", "--devices=5"])).out).toStartWith("Made the tenant acme.");
  expect((await run(["tenant", "new", "acme"])).err).toBe('There is a tenant "acme" already.\n');
  expect((await run(["tenant", "list"])).out).toContain("acme  Acme  up to 5 devices\n");
  expect((await run(["key", "new", "--tenant=nobody", "--scopes=read"])).err).toBe('There is no tenant "nobody".\n');
  expect((await run(["tenant", "remove", "acme"])).out).toBe("Removed the tenant acme with its keys.\n");
  expect((await run(["tenant", "remove", "default"])).err).toContain("stays");
  expect((await run(["device", "list", "--url=http://127.0.0.1:9"])).err).toStartWith("No bot answers at");
});

test("names no folder of the machine that built it", async () => {
  const bytes = Buffer.from(await Bun.file(binary.path).arrayBuffer());
  expect(bytes.includes(process.cwd())).toBe(false);
});

const key = "a-key-for-this-test-only";

test.skipIf(!browserPath)(
  "runs: its API docs are shown offline, its devices are managed from the command line",
  async () => {
    const child = Bun.spawn([binary.path], {
      cwd: folder,
      env: {
        PORT: "0",
        HOST: "127.0.0.1",
        LOG_LEVEL: "silent",
        API_KEY: key,
        WHATSAPP_URL: "ws://127.0.0.1:9",
        WHATSAPP_ROOT_KEY: "0".repeat(64),
      },
      stdout: "pipe",
      stderr: "inherit",
    });
    try {
      await using browser = await openBrowser();
      const url = await address(child.stdout);
      await showsDocs(await browser.newPage(), url);
      const device = async (...args: string[]) => run(["device", ...args, `--url=${url}`], { API_KEY: key });
      expect((await device("new", "shop-1", "--label=Shop")).out).toStartWith("Made the device shop-1.");
      expect((await device("list")).out).toContain("shop-1  Shop  disconnected  requested\n");
      expect((await device("remove", "shop-1")).out).toBe("Removed the device shop-1 with its session.\n");
      expect((await device("remove", "shop-1")).err).toBe("Device not found or access denied\n");
    } finally {
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
    }
  },
  // A browser and four programs of 150 MB are started.
  60_000,
);

test("says where it listens and that others may listen in; a second one on its port refuses to start", async () => {
  const env = { HOST: "0.0.0.0", PORT: "0", LOG_LEVEL: "silent", API_KEY: key };
  const child = Bun.spawn([binary.path], {
    cwd: folder,
    env: { ...env, WHATSAPP_URL: "ws://127.0.0.1:9", WHATSAPP_ROOT_KEY: "0".repeat(64) },
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    const told: string[] = [];
    for await (const line of lines(child.stdout)) if (told.push(line) && line.startsWith("It is plain HTTP")) break;
    expect(told.at(-1)).toContain("open to the network");
    const port = /^Merpati listens on http:\/\/127\.0\.0\.1:(\d+) /.exec(told[0] ?? "")?.[1] ?? "";
    const second = await run(["start"], { ...env, PORT: port, SESSIONS_DIR: "another" });
    expect(second.err).toBe(`Port ${port} is in use: set PORT to another, or to 0 for a free one.\n`);
    expect(second.exit).toBe(1);
  } finally {
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  }
});

async function* lines(output: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    const parts = (said + decoder.decode(chunk, { stream: true })).split("\n");
    said = parts.pop() ?? "";
    yield* parts;
  }
}

/** The address in the first line that the program prints. */
async function address(output: ReadableStream<Uint8Array>): Promise<string> {
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    said += decoder.decode(chunk, { stream: true });
    const url = /http:\/\/\S+?:\d+/.exec(said)?.[0];
    if (url) return url;
  }
  throw new Error(`the program said: ${said}`);
}
