import { expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../clients/typescript/package.json" with { type: "json" };
import { build } from "../../clients/typescript/build.ts";
import { afterwards } from "../afterwards.ts";

const packages = join(import.meta.dir, "../../node_modules");

test("the client is published as JavaScript, which Node reads below node_modules, with types beside it", async () => {
  const home = await mkdtemp(join(tmpdir(), "merpati-client-"));
  afterwards(() => rm(home, { recursive: true }));
  const place = join(home, "node_modules", manifest.name);
  await build(join(place, "dist"));
  await Bun.write(join(place, "package.json"), JSON.stringify(manifest));
  for (const name of Object.keys(manifest.dependencies))
    await symlink(join(packages, name), join(home, "node_modules", name));

  expect(manifest.files).toContain("dist");
  for (const file of Object.values(manifest.exports["."]))
    expect(await Bun.file(join(place, file)).exists()).toBe(true);
  for (const file of new Bun.Glob("dist/*").scanSync(place)) {
    expect(file).toMatch(/\.(?:js|d\.ts)$/);
    expect(await Bun.file(join(place, file)).text()).not.toMatch(/from "\.[^"]*\.ts"/);
  }

  await Bun.write(
    join(home, "use.mjs"),
    'import * as all from "merpati-client"; console.log(Object.keys(all).join());',
  );
  const used = Bun.spawn([Bun.which("node") ?? process.execPath, "use.mjs"], { cwd: home, stderr: "inherit" });
  const names = "MerpatiError,WebhookError,createClient,isEvent,need,streamEvents,verifyEvents,verifyWebhook";
  expect((await new Response(used.stdout).text()).trim()).toBe(names);
});
