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
  ["new Bun.Image('/dev/null').metadata()", "Bun.Image"],
  ["new (await import('bun')).Image('/dev/null').metadata()", "Bun.Image"],
  ["new (new Bun.Image(new Uint8Array(1))).constructor('/dev/null').metadata()", "Bun.Image"],
  ["new Bun.Image(new String('/dev/null')).metadata()", "Bun.Image"],
  [
    "Reflect.construct(Object.getPrototypeOf(new Bun.Image(new Uint8Array(1))).constructor, ['/dev/null']).metadata()",
    "Bun.Image",
  ],
  ["new Bun.Image(new Uint8Array(1)).write('/dev/null')", "Bun.Image.write"],
  ["Bun.Image.fromClipboard()", "Bun.Image.fromClipboard"],
  ["new Bun.RedisClient('redis://127.0.0.1:1')", "Bun.RedisClient"],
])("%s takes a permission", async (body, named) => {
  house = await House.open({ "it.ts": plugin("", body) });
  await house.says("!go");
  expect(house.texts()[0]).toStartWith("refused: ");
  expect(house.texts()[0]).toContain(named);
});

test("a picture is made of bytes without one", async () => {
  const pixel = Buffer.from(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "latin1",
  );
  const made = `new Bun.Image(Buffer.from("${pixel.toString("base64")}", "base64")).resize(2, 2).png().bytes().then((png) => [png instanceof Uint8Array, new Bun.Image(new Blob([png])).metadata().then])`;
  house = await House.open({ "it.ts": plugin("", `(${made}).then(([isBytes]) => isBytes)`) });
  await house.says("!go");
  expect(house.texts()).toEqual(["true"]);
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
