import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "merpati-checkout-"));
  for (const name of ["src", "node_modules", "patches", "package.json", "tsconfig.json", "bun.lock", "bunfig.toml"])
    symlinkSync(join(root, name), join(checkout, name));
  mkdirSync(join(checkout, "plugins"));
});
afterAll(() => rmSync(checkout, { recursive: true }));

/** What `npm run merpati` runs, without looking what is installed. */
async function merpati(folder: string, ...args: string[]) {
  const { scripts } = (await Bun.file(join(root, "package.json")).json()) as { scripts: Record<string, string> };
  const [, line = ""] = (scripts["cli"] ?? "").split(" && ");
  const [, ...words] = line.split(" ");
  const child = Bun.spawn([process.execPath, ...words.map((word) => join(checkout, word)), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, err, exit: await child.exited };
}

test("the page works in a checkout, and leaves nothing in it but the plugin and its test", async () => {
  const made = await merpati(checkout, "plugin", "new", "hello");
  expect([made.exit, made.out]).toEqual([0, expect.stringContaining("npm run merpati -- plugin test hello")]);
  const tested = await merpati(checkout, "plugin", "test", "hello");
  expect([tested.exit, tested.exit === 0 ? "" : tested.out + tested.err]).toEqual([0, ""]);
  expect(readdirSync(join(checkout, "plugins")).sort()).toEqual(["hello.test.ts", "hello.ts"]);
}, 30_000);

test("from source, with plugins elsewhere, the tests start the same bot", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "merpati-elsewhere-"));
  await merpati(elsewhere, "plugin", "new", "hello");
  expect(readdirSync(join(elsewhere, "plugins"))).toContain(".merpati");
  const tested = await merpati(elsewhere, "plugin", "test", "hello");
  expect([tested.exit, tested.exit === 0 ? "" : tested.out + tested.err]).toEqual([0, ""]);
  rmSync(elsewhere, { recursive: true });
}, 30_000);
