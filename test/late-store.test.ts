import { expect, test } from "bun:test";

/** What comes and goes through the journal and the ratchets. */
const suite = [
  "test/faults/ratchet.test.ts",
  "test/faults/delivery.test.ts",
  "test/walking.test.ts",
  "test/unsealed.test.ts",
  "test/groups.test.ts",
  "test/whatsapp/signal/upgrade.test.ts",
];

test("the same holds on a store of keys that answers one turn later", async () => {
  const run = Bun.spawn([process.execPath, "test", "--timeout=20000", ...suite], {
    env: { ...process.env, TEST_STORE: "late" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, report, code] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  expect(code === 0 ? "" : `${out}${report}`).toBe("");
  expect(report).toMatch(/ 0 fail/);
}, 180_000);
