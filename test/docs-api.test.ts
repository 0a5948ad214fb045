import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableOfKinds } from "./golden/kinds.ts";
import { adminKey, startBot, type TestBot } from "./harness.ts";

const guide = await Bun.file("docs/api.md").text();
const pages = { "api.md": guide, "people.md": await Bun.file("docs/people.md").text() };
const folder = mkdtempSync(join(tmpdir(), "merpati-guide-"));

let bot: TestBot;
let group: string;
let own: string;
beforeAll(async () => {
  bot = await startBot();
  const ann = bot.contact();
  await bot.link();
  group = (await bot.device.groups.create("Pigeon post", [ann.number])).group.id;
  own = (await bot.device.channels.create("Pigeon post", null)).id;
});
afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const samples = Object.entries(pages).flatMap(([page, text]) =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code = ""], place) => [page, place + 1, code] as const),
);

test.each(samples)("%s: sample %d runs as it stands", async (_page, _place, code) => {
  const names = { KEY: adminKey, TO: "628123456789", GROUP: group, OWN: own };
  const env = { PATH: process.env["PATH"] ?? "", MERPATI: bot.url, ...names };
  const shell = Bun.spawn(["sh", "-ec", code], { cwd: folder, env, stdout: "pipe", stderr: "pipe" });
  const answers = await new Response(shell.stdout).text();
  expect(await shell.exited, await new Response(shell.stderr).text()).toBe(0);
  const said = answers.split(/(?<=\})(?=\{"success")/).map((answer) => JSON.parse(answer) as { success: boolean });
  expect(said.length).toBeGreaterThan(0);
  for (const answer of said) expect(answer, code).toMatchObject({ success: true });
});

test("the table of kinds is the code's: write it with bun test/golden/kinds.ts", () => {
  expect(guide).toContain(`\n${tableOfKinds()}\n\n`);
});
