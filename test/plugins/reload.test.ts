import { afterEach, expect, test } from "bun:test";
import { heapStats } from "bun:jsc";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PluginRecords } from "../../src/plugins/settings/plugin-records.ts";
import { House } from "./house.ts";

let house: House;
afterEach(() => house.close());

const says = (text: string) => `import { word } from "./said/word.ts";
export default { name: "talker", setup({ command }) { command("talk", ({ reply }) => reply("${text} " + word)); } };`;
const word = (text: string) => `export const word = "${text}";\n`;
const write = (file: string, text: string) => Bun.write(`${house.dir}/${file}`, text);
const runs = () => house.lines.filter(({ sentence }) => sentence === "a plugin runs").length;
const loaded = (times: number) => house.until(() => runs() >= times);
const answer = async () => {
  await house.says("!talk");
  return house.texts().at(-1);
};

test("a save is a new version, of the file and of what it imports; a flaw keeps the old one", async () => {
  house = await House.open({ "talker.ts": says("one"), "said/word.ts": word("a") }, { watch: true });
  expect(await answer()).toBe("one a");
  await write("talker.ts", says("two"));
  await loaded(2);
  expect(await answer()).toBe("two a");
  await write("said/word.ts", word("b"));
  await loaded(3);
  expect(await answer()).toBe("two b");
  await write("said/word.ts", "export const word = ;\n");
  await house.until(() => house.lines.some(({ sentence }) => sentence.endsWith("the old one stays")));
  expect(house.lines.at(-1)?.fields).toEqual({
    plugin: "talker",
    place: `${house.dir}/said/word.ts:1`,
    reason: "Unexpected ;",
  });
  expect(await answer()).toBe("two b");
  await write("said/word.ts", word("c"));
  await loaded(4);
  expect(await answer()).toBe("two c");
});

test("a save by renaming reloads the plugin that was saved, and no other", async () => {
  const named = (name: string, text = "") => `export default { name: "${name}", setup() { ${text} } };`;
  house = await House.open(
    {
      "a.ts": named("a"),
      "b.ts": `import { word } from "./said/word"; ${named("b", "word;")}`,
      "said/word.ts": word("a"),
    },
    { watch: true },
  );
  const versions = () =>
    house.lines.flatMap(({ sentence, fields }) => (sentence === "a plugin runs" ? [fields["plugin"]] : []));
  const renamed = async (file: string, text: string) => {
    await write(`${file}.new`, text);
    renameSync(`${house.dir}/${file}.new`, `${house.dir}/${file}`);
  };
  const before = versions().length;
  await renamed("a.ts", named("a", "1;"));
  await write("a.ts~", named("a"));
  await loaded(before + 1);
  await renamed("said/word.ts", word("b"));
  await loaded(before + 2);
  await renamed("a.ts", named("a", "2;"));
  await loaded(before + 3);
  expect(versions().slice(before)).toEqual(["a", "b", "a"]);
});

test("a file that is only touched is no save; of config.toml concerns a plugin what it says of it", async () => {
  const named = (name: string) =>
    `import { t } from "merpati";
     export default { name: "${name}", config: { word: t.string({ default: "" }) }, setup() {} };`;
  const toml = "[a]\nword = 'one'\n";
  house = await House.open(
    { "a.ts": named("a"), "b.ts": named("b"), "package.json": "{}", "config.toml": toml },
    { watch: true },
  );
  const versions = () =>
    house.lines.flatMap(({ sentence, fields }) => (sentence === "a plugin runs" ? [fields["plugin"]] : []));
  for (const file of ["a.ts", "package.json", "config.toml"])
    utimesSync(`${house.dir}/${file}`, new Date(), new Date());
  await write("b.ts", `${named("b")} // saved`);
  await loaded(3);
  await write("config.toml", toml.replace("one", "two"));
  await loaded(4);
  await write("b.ts", `${named("b")} // saved again`);
  await loaded(5);
  expect(versions()).toEqual(["a", "b", "b", "a", "b"]);
});

test("a new file is a new plugin, a deleted one is gone with all it made", async () => {
  house = await House.open({ "a.ts": 'export default { name: "a", setup() {} };' }, { watch: true });
  await write("b.ts", 'export default { name: "b", setup({ command }) { command("b", ({ reply }) => reply("b")); } };');
  await loaded(2);
  expect(await house.says("!b")).toEqual({ b: { ok: true } });
  rmSync(`${house.dir}/b.ts`);
  await house.until(() => !house.targets.has("b"));
  expect(await house.says("!b")).toEqual({});
  expect(house.host.list().map(({ name }) => name)).toEqual(["a"]);
});

const slow = (text: string) =>
  `export default { name: "slow", setup({ command }) { command("slow", async ({ reply }) => { await Bun.sleep(300); await reply("${text}"); }); } };`;

test("what is being handled when a new version comes is finished by the old one", async () => {
  house = await House.open({ "slow.ts": slow("old") }, { watch: true });
  const handled = house.says("!slow");
  await write("slow.ts", slow("new"));
  await loaded(2);
  expect(await handled).toEqual({ slow: { ok: true } });
  await house.says("!slow");
  expect(house.texts()).toEqual(["old", "new"]);
});

test("disabled is off after a restart too, enabled on again; uninstalled is gone with its data", async () => {
  const keeper = `export default { name: "keeper", permissions: ["store"], setup({ command, store }) {
    command("keep <what:text>", ({ args }) => store.set("kept", args.what));
    command("kept", async ({ reply }) => reply(String(await store.get("kept"))));
  } };`;
  house = await House.open({ "keeper.ts": keeper });
  await house.says("!keep this");
  await house.host.disable("keeper");
  expect(await house.says("!kept")).toEqual({});
  await house.host.stop();
  expect(house.host.list()[0]?.state).toBe("off");
  await house.host.enable("keeper");
  await house.says("!kept");
  expect(house.texts()).toEqual(["this"]);
  await house.host.uninstall("keeper");
  expect(house.host.list()).toEqual([]);
  expect(await Bun.file(`${house.dir}/keeper.ts`).exists()).toBeFalse();
  expect(await house.services.data.get("keeper", "kept")).toBeNull();
});

test("enabled again, it answers what it is owed of the last hour and nothing older; a restart gives up nothing", async () => {
  const base = mkdtempSync(join(tmpdir(), "merpati-plugins-"));
  const text = 'export default { name: "a", setup({ on }) { on("message.text", ({ text, reply }) => reply(text)); } };';
  house = await House.open({ "a.ts": text }, { base });
  const [old, late] = [house.message("old"), house.clock.wind(3 * 3_600_000) ?? house.message("late")];
  await house.close();
  house = await House.open({}, { base, clock: house.clock.now() });
  expect(await house.tell(house.message("first"))).toEqual({ a: { ok: true } });
  await house.tell({ ...old, id: "kept" });
  await house.host.disable("a");
  await house.host.enable("a");
  expect(await house.tell(old)).toMatchObject({ a: { ok: false, final: true } });
  await house.tell(late);
  expect(house.texts()).toEqual(["first", "old", "late"]);
  rmSync(base, { recursive: true });
});

test("a plugin that is off by its own wish waits until it is enabled", async () => {
  house = await House.open({
    "shy.ts":
      'export default { name: "shy", enabled: false, permissions: ["send"], setup({ command }) { command("shy", ({ reply }) => reply("hm")); } };',
  });
  expect(await house.says("!shy")).toEqual({});
  expect(house.host.list()).toEqual([
    { name: "shy", description: "", state: "off", permissions: ["send"], problem: null },
  ]);
  await house.host.enable("shy");
  expect(await house.says("!shy")).toEqual({ shy: { ok: true } });
});

test("what the command line decides beside a running bot is noticed when it touches the file", async () => {
  const text = 'export default { name: "a", setup() {} };';
  house = await House.open({ "a.ts": text }, { watch: true });
  const decide = async (on: boolean) => {
    await new PluginRecords(house.services.data, house.dir).want("a", on);
    utimesSync(`${house.dir}/a.ts`, new Date(), new Date());
  };
  await decide(false);
  await house.until(() => !house.targets.has("a"));
  await decide(true);
  await house.until(() => house.targets.has("a"));
});

/** What a generation that was not let go would hold. */
function held() {
  Bun.gc(true);
  const { Worker = 0, SharedArrayBuffer = 0, Timeout = 0 } = heapStats().objectTypeCounts;
  const threads = existsSync("/proc/self/task") ? readdirSync("/proc/self/task").length : 0;
  return { Worker, SharedArrayBuffer, Timeout, threads };
}

test("fifty versions hold no more than three", async () => {
  const text = `export default { name: "a", setup({ command, on }) {
    setInterval(() => {}, 10); command("hi", ({ reply }) => reply("hi")); on("message.text", () => {}); } };`;
  house = await House.open({ "a.ts": text });
  const reload = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await house.host.reload("a");
      house.lines.length = 0;
    }
  };
  await reload(3);
  const before = held();
  await reload(50);
  const after = held();
  for (const kind of Object.keys(before) as (keyof typeof before)[])
    expect([kind, after[kind] <= before[kind] + 2]).toEqual([kind, true]);
  await house.says("!hi");
  expect(house.texts()).toEqual(["hi"]);
});

test("a version finds nothing of the one before: no globals, no listeners, no port in use", async () => {
  const text = (port: number) => `
    globalThis.count = (globalThis.count ?? 0) + 1;
    Array.prototype.sum = function () { return this.reduce((a, b) => a + b, 0); };
    String.prototype.at = () => "patched";
    export default { name: "a", permissions: ["store", "system"], setup({ command, closing, store }) {
      const server = Bun.serve({ port: ${port}, hostname: "127.0.0.1", fetch: () => new Response() });
      const listeners = process.listenerCount("exit");
      process.on("exit", () => {});
      closing(() => store.set("port", server.port));
      command("look", ({ reply }) => reply([count, listeners, [1, 2].sum(), typeof server.port].join(" "))); } };`;
  house = await House.open({ "a.ts": text(0) });
  await house.says("!look");
  await house.host.reload("a");
  const port = (await house.services.data.get("a", "port")) as number;
  await write("a.ts", text(port));
  await house.host.reload("a");
  await house.says("!look");
  expect(house.host.list()[0]?.problem).toBeNull();
  expect(house.texts()).toEqual(["1 0 3 number", "1 0 3 number"]);
});

test("nothing that a version left in its thread is there for the next one", async () => {
  const text = `const frozen = Symbol.for("frozen");
    if (WebSocket[frozen]) throw new Error("this was here before");
    Object.defineProperty(WebSocket, frozen, { value: true });
    export default { name: "a", setup({ command }) { command("hi", ({ reply }) => reply("hi")); } };`;
  house = await House.open({ "a.ts": text });
  await house.host.reload("a");
  await house.host.reload("a");
  expect(house.lines.filter(({ level }) => level === "error")).toEqual([]);
  await house.says("!hi");
  expect(house.texts()).toEqual(["hi"]);
});

test("what it does at its end may still store and send; what fails there is named, and takes at most a second", async () => {
  const text = (end: string) => `export default { name: "a", permissions: ["store", "send"],
  setup({ closing, store, send, command }) {
    closing(${end});
    closing(() => send("628123456789", "good night"));
    command("hi", ({ reply }) => reply("hi"));
  } };`;
  house = await House.open({ "a.ts": text("() => { throw new Error('stuck drawer'); }") });
  await house.host.reload("a");
  expect(house.texts()).toEqual(["good night"]);
  expect(house.lines.find(({ level }) => level === "error")).toEqual({
    level: "error",
    sentence: "a plugin failed at its end",
    fields: { plugin: "a", place: `${house.dir}/a.ts:3`, reason: "stuck drawer" },
  });
  for (const [i, end] of ["() => new Promise(() => {})", "() => { for (;;); }"].entries()) {
    await write("a.ts", text(end));
    await house.host.reload("a");
    const began = performance.now();
    await house.host.reload("a");
    expect([i, performance.now() - began < 5000]).toEqual([i, true]);
  }
  await house.says("!hi");
  expect(house.texts().at(-1)).toBe("hi");
}, 20_000);
