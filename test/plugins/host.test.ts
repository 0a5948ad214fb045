import { afterEach, expect, test } from "bun:test";
import { House } from "./house.ts";

let house: House;
afterEach(() => house.close());

const ping = await Bun.file("plugins/ping.ts").text();

test("!ping is answered with pong, once, whatever is redelivered", async () => {
  house = await House.open({ "ping.ts": ping });
  const event = house.message("!ping");
  expect(await house.tell(event)).toEqual({ ping: { ok: true } });
  expect(await house.tell(event, 1)).toEqual({ ping: { ok: true } });
  expect(house.texts()).toEqual(["pong"]);
  expect(house.sent[0]).toMatchObject({
    to: "628111@s.whatsapp.net",
    device: "default",
    key: `plugin:ping:${event.id}:0`,
  });
});

test("what is no command of a plugin is not owed to it", async () => {
  house = await House.open({ "ping.ts": ping });
  expect(await house.says("ping")).toEqual({});
  expect(await house.says("!pingpong")).toEqual({});
  expect(await house.says("!PING")).toEqual({ ping: { ok: true } });
});

test("help is owed what begins like a command, and no other message", async () => {
  house = await House.open({ "help.ts": await Bun.file("plugins/help.ts").text() });
  expect(await house.says("good morning")).toEqual({});
  expect(await house.says("!helq")).toEqual({ help: { ok: true } });
});

test("files are read at once, and begin in the order of their names", async () => {
  const who = (name: string) =>
    `export default { name: "${name}", permissions: ["system"],
  setup({ command }) { command("who", ({ reply }) => reply("${name}")); } };`;
  house = await House.open({
    "a.ts": `const { existsSync } = require("node:fs");
while (!existsSync(import.meta.dir + "/b.read")) await Bun.sleep(5);
${who("a")}`,
    "b.ts": `await Bun.write(import.meta.dir + "/b.read", "");\n${who("b")}`,
  });
  await house.says("!who");
  expect(house.texts()).toEqual(["a"]);
  const runs = house.lines.filter(({ sentence }) => sentence === "a plugin runs");
  expect(runs.map(({ fields }) => fields["plugin"])).toEqual(["a", "b"]);
});

test("what is being loaded says so", async () => {
  house = await House.open({ "ping.ts": ping });
  await Bun.write(
    `${house.dir}/new.ts`,
    `while (!require("node:fs").existsSync(import.meta.dir + "/go")) await Bun.sleep(5);
export default { name: "new", permissions: ["system"], setup() {} };`,
  );
  const scanned = house.host.scan();
  while (house.host.list().length < 2) await Bun.sleep(1);
  expect(house.host.list().map(({ name, state }) => `${name} ${state}`)).toEqual(["new.ts loading", "ping running"]);
  await Bun.write(`${house.dir}/go`, "");
  await scanned;
  expect(house.host.list().map(({ name, state }) => `${name} ${state}`)).toEqual(["new running", "ping running"]);
});

test("what does not load is named with file, line and reason; the others run", async () => {
  house = await House.open({
    "ping.ts": ping,
    "syntax.ts": 'import { plugin } from "merpati";\nconst x: number = ;\n',
    "missing.ts": 'import "./nope.ts";\nexport default { name: "missing", setup() {} };\n',
    "nothing.ts": "export const x = 1;\n",
    "named.ts": 'export default { name: "Bad Name", setup() {} };\n',
    "thrower.ts": 'export default { name: "thrower",\n setup() {\n  throw new Error("no luck");\n } };\n',
    "folder/index.ts":
      'import { text } from "./text.ts";\nexport default { name: "folder", setup({ command }) { command("f", (c) => c.reply(text)); } };\n',
    "folder/text.ts": 'export const text = "from a folder";\n',
  });
  const problems = Object.fromEntries(house.host.list().map(({ name, state, problem }) => [name, [state, problem]]));
  const at = (file: string) => `${house.dir}/${file}`;
  expect(problems).toEqual({
    ping: ["running", null],
    folder: ["running", null],
    "syntax.ts": ["failed", `Unexpected ; (${at("syntax.ts:2")})`],
    "missing.ts": ["failed", `import "./nope.ts": there is no such file (${at("missing.ts:1")})`],
    "nothing.ts": ["failed", expect.stringContaining("nothing.ts has no plugin: write")],
    "named.ts": ["failed", expect.stringContaining("name takes a small letter")],
    thrower: ["failed", `no luck (${at("thrower.ts:3")})`],
  });
  expect(house.lines.find(({ fields }) => fields["place"] === at("syntax.ts:2"))).toMatchObject({
    level: "error",
    sentence: "a plugin does not load",
  });
  await house.says("!f");
  expect(house.texts()).toEqual(["from a folder"]);
});

test("a command two plugins want stays with the first by name, and passes on when that one goes", async () => {
  const says = (name: string) =>
    `export default { name: "${name}", setup({ command }) { command("hi", ({ reply }) => reply("${name}")); } };`;
  house = await House.open({ "a.ts": says("a"), "b.ts": says("b") });
  await house.says("!hi");
  expect(house.lines.find(({ level }) => level === "warn")?.fields).toEqual({ plugin: "b", word: "hi", owner: "a" });
  await house.host.disable("a");
  await house.says("!hi");
  await house.host.enable("a");
  await house.says("!hi");
  expect(house.texts()).toEqual(["a", "b", "a"]);
});

test("a name that another file has is refused", async () => {
  const plugin = 'export default { name: "same", setup() {} };';
  house = await House.open({ "one.ts": plugin, "two.ts": plugin });
  expect(house.host.list().map(({ state, problem }) => [state, problem?.split(" (")[0] ?? null])).toEqual([
    ["running", null],
    ["failed", "the name same is taken by one.ts"],
  ]);
});
