import { expect, test } from "bun:test";
import { browserPath, openBrowser } from "../browser.ts";
import { startBot } from "../harness.ts";
import { showsDocs } from "./docs-page.ts";

test.skipIf(!browserPath)("the API docs show every face and ask no other machine", async () => {
  await using bot = await startBot();
  await using browser = await openBrowser();
  await showsDocs(await browser.newPage(), bot.url);
});

test("health says nothing but how the process does, to everybody", async () => {
  await using bot = await startBot();
  const response = await fetch(`${bot.url}/health`);
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: "ok", live: true, ready: true, store: "ok", devices: "ok", log: "ok", log_lines_lost: 0 },
  ]);
});
