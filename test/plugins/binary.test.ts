import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, runBinary } from "../cli/binary.ts";

let binary: Awaited<ReturnType<typeof compile>>;
const folder = mkdtempSync(join(tmpdir(), "merpati-five-minutes-"));
beforeAll(async () => {
  binary = await compile();
}, 60_000);
afterAll(() => {
  binary.dispose();
  rmSync(folder, { recursive: true });
});

test("the five-minute page works word for word with the binary in an empty folder", async () => {
  const page = await Bun.file("docs/plugins.md").text();
  const [, commands = ""] = /^```sh\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const shown = /^```ts\n([\s\S]*?)^```$/m.exec(page)?.[1];
  for (const line of commands.trim().split("\n")) {
    const { out, err, exit } = await runBinary(binary.path, line.split(" ").slice(1), folder);
    expect([exit, line, exit === 0 ? "" : out + err]).toEqual([0, line, ""]);
  }
  expect(await Bun.file(join(folder, "plugins/hello.ts")).text()).toBe(shown ?? "");
}, 60_000);

test("list, enable and disable; what a plugin may is shown before it runs", async () => {
  const plugin =
    'export default { name: "news", description: "Reads.", enabled: false, permissions: ["net:*"], setup() {} };\n';
  await Bun.write(join(folder, "plugins/news.ts"), plugin);
  await Bun.write(join(folder, "plugins/broken.ts"), "export default {\n");
  const run = async (...args: string[]) => runBinary(binary.path, ["plugin", ...args], folder);
  expect((await run("list")).out).toContain("○ news (off) Reads. May: net:*.\n");
  expect((await run("list")).out).toMatch(/✗ .*broken\.ts: .*\(plugins\/broken\.ts:\d\)/);
  expect((await run("enable", "news")).err).toBe("news asks for: net:*. Add --yes if that is right.\n");
  expect((await run("enable", "news", "--yes")).out).toBe("news is on.\n");
  expect((await run("list")).out).toContain("● news (on)");
  expect((await run("disable", "news")).out).toBe("news is off.\n");
  expect((await run("enable", "nothing")).err).toContain(
    'There is no plugin "nothing" in plugins; there are: hello, help, news, ping.',
  );
  expect((await run("add", "nothing")).err).toStartWith(
    "With the bot come: admin, assistant, auto-reply, forward, help,",
  );
  expect((await run("add", "quiz")).out).toContain("merpati plugin enable quiz");
  expect((await run("enable", "quiz", "--yes")).out).toBe("quiz is on.\n");
  expect((await run("new", "Bad")).err).toContain("takes a name");
  expect((await run("new", "hello")).err).toBe("plugins/hello.ts exists already.\n");
}, 60_000);

test("the commands of docs/plugins/running.md say what the page shows", async () => {
  const page = await Bun.file("docs/plugins/running.md").text();
  const [, shown = ""] = /^```terminal\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const elsewhere = mkdtempSync(join(tmpdir(), "merpati-running-"));
  for (const each of shown.split(/^\$ merpati /m).filter(Boolean)) {
    const [command = "", ...said] = each.trim().split("\n");
    const { out, err } = await runBinary(binary.path, command.split(" "), elsewhere);
    expect([command, out + err]).toEqual([command, `${said.join("\n")}\n`]);
  }
  rmSync(elsewhere, { recursive: true });
}, 60_000);

test("an endless loop is the end of that plugin's thread, not of the binary", async () => {
  const plugin = `export default { name: "loop", permissions: ["store"], setup({ command, store }) {
    command("loop", async ({ reply }) => {
      const times = await store.update("times", (before) => (before ?? 0) + 1);
      if (times === 1) for (;;);
      await reply("still here");
    });
  } };`;
  const text = `import { test } from "bun:test";
import { testBot } from "merpati/test";
test("survives", async () => {
  await using bot = await testBot("./loop.ts");
  const ann = bot.user("Ann");
  await ann.says("!loop");
  await ann.expectReply("still here");
}, 20_000);`;
  await Bun.write(join(folder, "plugins/loop.ts"), plugin);
  await Bun.write(join(folder, "plugins/loop.test.ts"), text);
  const { err, exit } = await runBinary(binary.path, ["plugin", "test", "loop"], folder);
  expect([exit, exit === 0 ? "" : err]).toEqual([0, ""]);
}, 60_000);

test("scope says and sets where a plugin is on", async () => {
  const run = async (...args: string[]) => runBinary(binary.path, ["plugin", "scope", ...args], folder);
  expect((await run("ping")).out).toBe("ping is on every device and in every chat.\n");
  expect((await run("ping", "--device", "shop", "--except", "628123456789")).out).toBe(
    "ping is on the devices shop and in every chat but 628123456789@s.whatsapp.net.\n",
  );
  expect((await run("ping", "--chat", "Ann")).err).toContain("takes a phone number");
  expect((await run("ping", "--everywhere")).out).toBe("ping is on every device and in every chat.\n");
}, 60_000);

test("replay shows what a plugin would send for a recorded event", async () => {
  const data = {
    id: "A",
    chat: "62811@s.whatsapp.net",
    sender: "62811@s.whatsapp.net",
    sender_phone: "62811",
    sender_lid: null,
  };
  const more = {
    from_me: false,
    is_group: false,
    push_name: "Ann",
    timestamp: 1,
    content: { kind: "text", text: "!hello you" },
  };
  const event = {
    id: "e1",
    seq: 1,
    type: "message.received",
    timestamp: "2026-01-01T00:00:00.000Z",
    device: "default",
  };
  await Bun.write(join(folder, "event.json"), JSON.stringify({ ...event, data: { ...data, ...more } }));
  const { out } = await runBinary(binary.path, ["plugin", "replay", "hello", "event.json"], folder, {
    LOG_LEVEL: "error",
  });
  expect(out).toContain('would send on default to 62811@s.whatsapp.net: {"kind":"text","text":"Hello you!"}');
  expect(out).toContain("hello handled message.received.");
}, 60_000);
