import { afterEach, expect, test } from "bun:test";
import { House } from "./house.ts";

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

const plugin = (top: string, body: string, permissions: string[] = []) =>
  `import { plugin } from "merpati";
${top}
export default plugin({ name: "it", permissions: ${JSON.stringify(permissions)}, setup({ command }) {
  command("go", async ({ reply }) => { try { await reply(String(await (${body}))); } catch (e) { await reply("refused: " + e.message); } });
} });`;

test.each([
  ["an import", `import { readFileSync } from "node:fs";`, "readFileSync('/dev/null').length", "node:fs"],
  ["without the prefix", `import net from "net";`, "typeof net.connect", "net"],
  ["of a database", `import { Database } from "bun:sqlite";`, "new Database(':memory:').filename", "bun:sqlite"],
  ["of a sub-module", `import { readFile } from "fs/promises";`, "readFile.length", "fs/promises"],
  ["again exported", `export { spawn } from "node:child_process";`, "1", "node:child_process"],
  ["required", "", `require("node:dgram").createSocket.length`, "node:dgram"],
  ["imported later", "", `import("node:vm").then((vm) => typeof vm.runInThisContext)`, "node:vm"],
])("what reaches the machine takes a permission: %s", async (_name, top, body, named) => {
  house = await House.open({ "it.ts": plugin(top, body) });
  expect(house.host.list()[0]).toMatchObject({
    problem: expect.stringContaining(
      `import "${named}" reaches the machine: add "system" to its permissions`,
    ) as string,
  });
  await house.close();
  house = await House.open({ "it.ts": plugin(top, body, ["system"]) });
  await house.says("!go");
  expect(house.texts()[0]).not.toStartWith("refused");
});

test("a file that a plugin imports needs it as well, however deep, and is named with its line", async () => {
  house = await House.open({
    "it.ts": plugin(`import { size } from "./lib/one.ts";`, "size"),
    "lib/one.ts": `export { size } from "./two.ts";`,
    "lib/two.ts": `\nimport { statSync } from "fs";\nexport const size = statSync("/dev/null").size;`,
  });
  expect(house.host.list()[0]?.problem).toContain("lib/two.ts:2");
});

test.each([
  ["Bun.file('/dev/null').size", "Bun.file"],
  ["Bun.spawnSync(['true']).exitCode", "Bun.spawnSync"],
  ["Bun.$`true`", "Bun.$"],
  ["new Bun.SQL('sqlite://:memory:')", "Bun.SQL"],
  ["Bun.connect({ hostname: '127.0.0.1', port: 1, socket: {} })", "Bun.connect"],
  ["(await import('bun')).write('/dev/null', '')", "Bun.write"],
  ["new WebSocket('ws://127.0.0.1:1')", "WebSocket"],
  ["process.getBuiltinModule('fs')", 'import "fs"'],
  ["process.report.getReport().environmentVariables", "process.report"],
  ["new ShadowRealm().evaluate('typeof Bun.file')", "ShadowRealm"],
  ["Bun.Archive.write('/dev/null', {})", "Bun.Archive"],
  ["new Bun.RedisClient('redis://127.0.0.1:1')", "Bun.RedisClient"],
])("%s takes a permission", async (body, named) => {
  house = await House.open({ "it.ts": plugin("", body) });
  await house.says("!go");
  expect(house.texts()[0]).toStartWith("refused: ");
  expect(house.texts()[0]).toContain(named);
});

test("what reaches nothing takes none", async () => {
  const top = `import { createHash } from "node:crypto"; import path from "path"; import { inspect } from "node:util"; import type { Stats } from "node:fs";`;
  house = await House.open({
    "it.ts": plugin(
      top,
      `[createHash("sha256").update("a").digest("hex").length, path.join("a", "b"), Bun.hash("a") > 0n, inspect(1)]`,
    ),
  });
  await house.says("!go");
  expect(house.texts()).toEqual(["64,a/b,true,1"]);
});
