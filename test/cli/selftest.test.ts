import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { startBot, type TestBot } from "../harness.ts";

const main = join(import.meta.dir, "../../src/main.ts");

function selftest(bot: TestBot, ...more: string[]) {
  const args = ["selftest", "--device=default", ...more];
  return Bun.spawn([process.execPath, main, ...args], {
    cwd: bot.folder,
    env: { ...process.env, SESSIONS_DIR: bot.folder },
    stdout: "pipe",
    stderr: "pipe",
  });
}

test("with the consent of the other number everything is sent, and the report names nobody", async () => {
  await using bot = await startBot({
    simulator: { profile: "newest", seed: 3, history: "inline", appState: "patches" },
  });
  await bot.link();
  const ann = bot.contact();
  const run = selftest(bot, `--to=${ann.number}`, "--out=report.json");
  await ann.hears(/Answer YES/);
  await ann.says("Yes!", { to: bot.phone });
  const [code, said, wrong] = await Promise.all([
    run.exited,
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ]);
  const report = readFileSync(join(bot.folder, "report.json"), "utf8");
  const { results } = JSON.parse(report) as { results: { deed: string; answer: string; delivered: boolean }[] };
  expect(results.filter(({ answer, delivered }) => answer !== "sent" || !delivered)).toEqual([]);
  expect([code, wrong]).toEqual([0, ""]);
  expect(said).toContain(`${results.length} deeds, 0 that WhatsApp did not take`);
  expect(results.map(({ deed }) => deed)).toEqual(
    expect.arrayContaining(["poll_vote", "edit", "voice", "album", "text in a group"]),
  );
  expect([ann.number, bot.phone.number, ann.lid.slice(0, 9)].filter((each) => report.includes(each))).toEqual([]);
  bot.sim.assertNoProblems();
}, 90_000);

test("without a number, or with a wrong one, it says what it takes", async () => {
  await using bot = await startBot();
  for (const [args, sentence] of [
    [[], "Required option '--to <number>' not specified"],
    [["--to=+62 812"], "Invalid phone number format"],
    [["--to=628123456789", "--minutes=soon"], "--minutes takes a whole number"],
  ] as const) {
    const run = selftest(bot, ...args);
    expect(await run.exited).toBe(1);
    expect(await new Response(run.stderr).text()).toContain(sentence);
  }
});
