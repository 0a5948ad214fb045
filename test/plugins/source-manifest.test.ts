import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceManifest } from "../../src/plugins/lifecycle/source-manifest.ts";
import { readManifests } from "../../src/plugins/lifecycle/manifests.ts";
import { House } from "./house.ts";

async function read(source: string, name = "it.ts") {
  const dir = mkdtempSync(join(tmpdir(), "merpati-source-"));
  await Bun.write(join(dir, name), source);
  const found = await sourceManifest(join(dir, name), dir).catch((fault: Error) => fault.message);
  rmSync(dir, { recursive: true });
  return found;
}

test("a manifest is read as it stands in the source, whichever way it is written", async () => {
  const full = await read(`import { plugin, t } from "merpati";
    const words = { en: { hi: "Hi" } } as const;
    const it = plugin({ setup() { return /"}/.test(\`}\${"{"}\`) as boolean }, name: "it", enabled: false,
      permissions: ["store", \`net:*\`], patience: 2, texts: words,
      config: { n: t.integer({ default: -3 }), l: t.list(t.group({ a: t.string() })) } });
    export default it;`);
  expect(full).toMatchObject({ name: "it", enabled: false, permissions: ["store", "net:*"], patience: 2_000 });
  expect(full).toMatchObject({ texts: { en: { hi: "Hi" } }, config: { n: { default: -3 } } });
  expect(await read(`const p = { name: "it", setup: () => {} }; export { p as default };`, "it.js")).toMatchObject({
    name: "it",
    enabled: true,
  });
  // What decides nothing may be made when it runs.
  expect(
    await read(`import v from "./v.json"; export default { name: "it", version: v.x, setup() {} };`),
  ).toMatchObject({
    version: null,
  });
  expect(await read(`export default { name: "it" + 1, setup() {} };`)).toBe(
    "name must be written out as a literal: it is read before the plugin runs",
  );
  expect(await read(`export default { name: "it", enabled: process.env.X === "1", setup() {} };`)).toStartWith(
    "enabled must",
  );
  expect(await read(`export default { ...other, setup() {} };`)).toBe("its fields must be written out");
  expect(await read(`export { default } from "./other.ts";`)).toStartWith("the plugin must stand in this file");
  expect(await read(`module.exports = {};`, "it.js")).toStartWith("it.js has no plugin");
  expect(await read(`export default {`)).toStartWith("Expected");
});

/** Leaves a trace as soon as anything of it runs. */
const loud = (trace: string, more: string) =>
  `require("node:fs").writeFileSync(${JSON.stringify(trace)}, process.env.PATH ?? "");
export default { name: "loud", permissions: ["system"], ${more} setup() {} };`;

test("a plugin that is off runs nothing, not even its top level, until it is switched on", async () => {
  const dir = mkdtempSync(join(tmpdir(), "merpati-off-"));
  const trace = join(dir, "trace");
  const house = await House.open({ "loud.ts": loud(trace, "enabled: false,") }, { base: dir });
  expect(house.host.list()).toMatchObject([{ name: "loud", state: "off", problem: null }]);
  expect(await readManifests(join(dir, "plugins"))).toMatchObject([{ manifest: { name: "loud" }, problem: null }]);
  expect(existsSync(trace)).toBe(false);
  await house.host.enable("loud");
  expect(existsSync(trace)).toBe(true);
  rmSync(trace);
  await house.host.disable("loud");
  await house.close();
  const again = await House.open({ "loud.ts": loud(trace, "enabled: true,") }, { base: dir });
  expect(again.host.list()).toMatchObject([{ state: "off" }]);
  expect(existsSync(trace)).toBe(false);
  await again.close();
  rmSync(dir, { recursive: true });
});

test("a plugin that says something else once it runs does not load", async () => {
  const house = await House.open({
    "two.ts": `const p = { name: "two", permissions: [], setup() {} }; p.permissions.push("admin"); export default p;`,
  });
  expect(house.host.list()[0]?.problem).toContain("permissions is something else once it runs");
  await house.close();
});
