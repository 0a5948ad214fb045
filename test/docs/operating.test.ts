import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { settings, variableOf } from "../../src/config/config.ts";
import { secretFileNames } from "../../src/config/secret-files.ts";
import { ran } from "../cli/merpati.ts";
import { startBot, type TestBot } from "../harness.ts";

const docs = join(import.meta.dir, "../../docs");
const pages = ["operating.md", "troubleshooting.md"].map((name) => readFileSync(join(docs, name), "utf8"));
let bot: TestBot;
let environment: Record<string, string>;

beforeAll(async () => {
  bot = await startBot();
  await bot.link();
  environment = {
    WHATSAPP_URL: bot.sim.url,
    WHATSAPP_ROOT_KEY: bot.sim.rootKey,
    BACKUP_TO: join(bot.folder, "backups"),
    PLUGINS_DIR: join(bot.folder, "plugins"),
  };
}, 30_000);
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
});

/** The words of a command line as a shell takes them. */
const words = (line: string): string[] =>
  [...line.replace(/\s#.*/, "").matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ""));

/** Those that look for what is wrong end with 1 when something is, as here: it is a simulated WhatsApp. */
const mayFind = new Set(["doctor", "status"]);

test("every command of the pages runs beside a bot, in their order", async () => {
  const blocks = pages.flatMap((page) => [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? ""));
  const lines = blocks.flatMap((block) => block.trim().split("\n"));
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) {
    const [program, ...args] = words(line);
    expect(program).toBe("merpati");
    const { err, exit } = await ran(bot.folder, args, environment);
    expect([line, exit === 0 || mayFind.has(args[0] ?? ""), exit === 0 ? "" : err]).toEqual([line, true, ""]);
  }
  rmSync(join(bot.folder, "backups"), { recursive: true });
}, 120_000);

test("every command that the pages name is one, with the options that they name", async () => {
  const named = new Set(
    pages.flatMap((page) =>
      [...page.matchAll(/`(?:bun src\/main\.ts|merpati) ([^`…]+)`/g)].map(([, rest]) => rest ?? ""),
    ),
  );
  const helps = new Map<string, string>();
  for (const line of named) {
    const args = words(line);
    const verbs = args.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith("-")).slice(0, 2);
    const known = async (path: string[]): Promise<string> => {
      const key = path.join(" ");
      if (!helps.has(key)) helps.set(key, (await ran(bot.folder, [...path, "--help"])).out);
      return helps.get(key) ?? "";
    };
    const [first = ""] = verbs;
    const top = await known([first]);
    expect([line, top]).toEqual([line, expect.stringMatching(/^Usage: /)]);
    const isSub = verbs[1] !== undefined && new RegExp(`^  ${verbs[1]}\\b`, "m").test(top);
    const help = isSub ? await known([first, verbs[1] ?? ""]) : top;
    for (const option of args.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*/, "")))
      expect([line, help]).toEqual([line, expect.stringContaining(option)]);
  }
}, 120_000);

test("every setting that the pages name is one", () => {
  const known = new Set([...Object.keys(settings).map(variableOf), ...secretFileNames]);
  const named = pages.flatMap((page) =>
    [...page.matchAll(/`([A-Z][A-Z_]{3,})(?:=[^`]*)?`/g)].map(([, name]) => name ?? ""),
  );
  expect(named.filter((name) => !known.has(name) && !/^(S3_|WARN|NO_PROXY$|CONNECT$|POST$)/.test(name))).toEqual([]);
});

test("every sentence of the table is one that the program says", async () => {
  const rows = [...(pages[1] ?? "").matchAll(/^\| (?!it says|-)([^|]+?) +\|/gm)].map(([, sentence]) => sentence ?? "");
  expect(rows.length).toBeGreaterThan(20);
  const sources: string[] = [];
  for await (const file of new Bun.Glob("src/**/*.{ts,tsx}").scan(join(docs, "..")))
    sources.push(await Bun.file(join(docs, "..", file)).text());
  const source = sources.join("\n");
  const parts = rows.flatMap((row) => row.split(/…| \/ /)).map((part) => part.trim().replace(/^,\s*/, ""));
  expect(parts.filter((part) => part !== "" && !source.includes(part))).toEqual([]);
});
