import { expect, test } from "bun:test";
import { join } from "node:path";
import { fenced, printed, runShell, shellTools } from "../api/samples.ts";
import { adminKey, startBot } from "../harness.ts";
import { folder } from "../store/house.ts";

const page = await Bun.file(join(import.meta.dir, "../../docs/dashboard.md")).text();

test.skipIf(!shellTools)("the shell block of the dashboard's page runs", async () => {
  await using bot = await startBot();
  const [block = "", ...more] = fenced(page, "sh");
  expect(more).toEqual([]);
  const out = await runShell(block, `BOT=${bot.url}\nKEY=${adminKey}\n`, folder());
  expect(printed(out)).toEqual([
    { success: true, data: { url: expect.stringContaining("/connection/qr?link="), expires_at: expect.any(Number) } },
  ]);
});
