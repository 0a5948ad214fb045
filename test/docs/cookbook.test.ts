import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminKey, startBot, type TestBot } from "../harness.ts";
import { linesOf } from "../lines.ts";

const page = await Bun.file(join(import.meta.dir, "../../docs/cookbook.md")).text();
const clientIndex = join(import.meta.dir, "../../clients/typescript/src/index.ts");

interface Block {
  title: string;
  language: string;
  /** `setup`, `bot`, or nothing. */
  role: string;
  code: string;
}

const blocks: Block[] = page.split(/^## /m).flatMap((section, place) => {
  const title = place === 0 ? "" : (section.split("\n", 1)[0] ?? "");
  return [...section.matchAll(/^```(\w+) ?(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", role = "", code = ""]): Block => ({ title, language, role, code }),
  );
});
const setup = (language: string) =>
  blocks.find((each) => each.language === language && each.role === "setup")?.code ?? "";

const runs: Readonly<Record<string, { file: string; command: (file: string) => string[] }>> = {
  sh: { file: "task.sh", command: (file) => ["bash", "-eo", "pipefail", file] },
  ts: { file: "task.ts", command: (file) => [process.execPath, file] },
  python: { file: "task.py", command: (file) => ["python3", file] },
  php: { file: "task.php", command: (file) => ["php", file] },
};
const here = ([language]: [string, unknown]) => Bun.which(runs[language]?.command("")[0] ?? "") !== null;
const languages = Object.entries(runs).filter(here);

let bot: TestBot;
let message: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "merpati-cookbook-"));
  bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
  await bot.link();
  message = (await bot.contact().says("Is the shop open?", { to: bot.phone })).id;
  await bot.next("message.received", ({ data }) => data.id === message);
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({ ...process.env, MERPATI: bot.url, KEY: adminKey, TO: "628123456789", MESSAGE: message });
const codeOf = (language: string, code: string): string =>
  code
    .replace('"merpati-client"', JSON.stringify(clientIndex))
    .replace(/^<\?php\n/, language === "php" ? "<?php\n" : "");

const tasks = [...new Set(blocks.filter(({ role }) => role === "").map(({ title }) => title))];

test("each task is there in each of the four languages", () => {
  expect(tasks).toHaveLength(12);
  for (const title of tasks)
    expect([title, ...blocks.filter((each) => each.title === title).map(({ language }) => language)]).toEqual([
      title,
      "sh",
      "ts",
      "python",
      "php",
    ]);
});

describe.each(tasks)("%s", (title) => {
  test.each(languages)(
    "in %s",
    async (language, { file, command }) => {
      const { code = "" } = blocks.find((each) => each.title === title && each.language === language) ?? {};
      const prelude = language === "sh" ? "" : setup(language);
      const path = join(folder, `${tasks.indexOf(title)}-${file}`);
      await Bun.write(path, codeOf(language, `${prelude}\n${code}`));
      const child = Bun.spawn(command(path), { env: env(), cwd: folder, stdout: "pipe", stderr: "pipe" });
      const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      expect([await child.exited, errors.replace(/^\s+/, "")], out).toEqual([0, ""]);
    },
    30_000,
  );
});

/** Servers say that they are up by answering. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url, { method: "POST", body: '{"data":{}}' }).catch(() => null);
    if (answer?.ok) return;
  }
}

describe("a bot in five lines", () => {
  test.each(languages.filter(([language]) => language !== "sh"))(
    "in %s says pong",
    async (language, { file, command }) => {
      const { code = "" } = blocks.find((each) => each.role === "bot" && each.language === language) ?? {};
      const free = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
      const port = String(free.port);
      await free.stop(true);
      const path = join(folder, `bot-${file}`);
      await Bun.write(path, code);
      const run = language === "php" ? ["php", "-S", `127.0.0.1:${port}`, path] : command(path);
      const child = Bun.spawn(run, { env: { ...env(), PORT: port }, cwd: folder, stdout: "ignore", stderr: "pipe" });
      linesOf(child.stderr);
      try {
        const url = `http://127.0.0.1:${port}/`;
        await answers(url);
        const make = blocks.find((each) => each.role === "bot" && each.language === "sh")?.code ?? "";
        const shell = Bun.spawn(["bash", "-ec", make], { env: { ...env(), BOT: url }, stdout: "pipe" });
        const { data } = (await new Response(shell.stdout).json()) as { data: { id: string } };
        const ann = bot.contact(`62812345678${languages.findIndex(([each]) => each === language)}`, "Ann");
        await ann.says("!ping", { to: bot.phone });
        await ann.hears("pong");
        expect((await bot.call("DELETE", `/v1/webhooks/${data.id}`)).status).toBe(200);
      } finally {
        child.kill();
        await child.exited;
      }
    },
    30_000,
  );
});
