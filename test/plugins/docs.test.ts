import { afterEach, expect, test } from "bun:test";
import { Glob } from "bun";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kit, tsconfig } from "../../src/plugins/kit/kit.ts";
import { bundled } from "../../src/composition/plugins.ts";
import { toldOfPlugin } from "../../src/cli/plugin/told.ts";
import type { EventData } from "../../src/core/model/events/events.ts";
import { House } from "./house.ts";

interface Block {
  page: string;
  language: string;
  text: string;
  line: number;
}

const pages = ["docs/plugins.md", ...[...new Glob("docs/plugins/*.md").scanSync(".")].sort()];
const blocks: Block[] = [];
for (const page of pages) {
  const text = await Bun.file(page).text();
  for (const { 1: language = "", 2: block = "", index } of text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm))
    blocks.push({ page, language, text: block, line: text.slice(0, index).split("\n").length });
}

/** What shows a plugin at work, in the blocks that follow it. */
const shows: Record<string, (at: House, block: string, name: string) => Promise<void>> = {
  chat: converse,
  http: request,
  send: pass,
};

/** Every plugin of the pages, with the settings before it and what is shown of it after. */
const plugins = blocks.flatMap((block, i) => {
  if (block.language !== "ts") return [];
  const before = blocks[i - 1];
  const after: Block[] = [];
  for (let next = i + 1; blocks[next] && (blocks[next] as Block).language in shows; next++)
    after.push(blocks[next] as Block);
  const name = /name: "([a-z-]+)"/.exec(block.text)?.[1] ?? "";
  return [{ ...block, name, toml: before?.language === "toml" ? before.text : "", after }];
});

let house: House | undefined;
/** How many of what was sent were looked at. */
let heard = 0;
afterEach(() => house?.close());

test.each(plugins)("$page:$line: $name", async ({ name, text, toml, after }) => {
  const services = {
    media: async () => ({ bytes: new Uint8Array(3), mime: "image/png", name: null }),
    groups: {
      members: async () => [
        { jid: "628111@s.whatsapp.net", phone: "628111", lid: null, role: "admin" as const },
        { jid: "628222@s.whatsapp.net", phone: "628222", lid: null, role: "member" as const },
      ],
      change: async (_device: string, _group: string, _action: string, members: string[]) =>
        members.map((jid) => ({ jid, ok: true })),
    },
  };
  house = await House.open({ [`${name}.ts`]: text, "config.toml": toml }, { services });
  heard = 0;
  expect(house.host.list()).toMatchObject([{ name, state: "running", problem: null }]);
  for (const block of after) await shows[block.language]?.(house, block.text, name);
  expect(house.sent.length).toBe(heard);
});

const picture = {
  content: {
    kind: "image",
    mime: "image/png",
    size: 3,
    sha256: "",
    media_id: "picture",
    url: "/picture",
    state: "ready",
  },
} as const;

/** `>` is said, `<` is answered, `~` is time that passes, `@` is where. */
async function converse(at: House, block: string): Promise<void> {
  let where: Partial<EventData<"message.received">> = {};
  for (const line of block.split("\n").filter(Boolean)) {
    const said = line.slice(2);
    if (line.startsWith("<")) await expectSaid(at, heard++, said);
    else if (line.startsWith("~")) at.clock.wind(Number.parseInt(said) * (said.endsWith("h") ? 3_600_000 : 60_000));
    else if (line.startsWith("@")) where = { is_group: true, chat: "1203@g.us" };
    else {
      expect(at.sent.length).toBe(heard);
      const outcomes = await at.says(said, { ...where, ...(said === "[picture]" ? picture : {}) });
      for (const { error } of Object.values(outcomes)) expect(error).toBeUndefined();
    }
  }
}

async function expectSaid(at: House, index: number, said: string): Promise<void> {
  await at.until(() => at.sent.length > index);
  const content = at.sent[index]?.content;
  if (said.startsWith("{")) expect(content).toMatchObject(JSON.parse(said) as object);
  // The first line: a wrong argument is answered with the usage below it.
  else expect(content?.kind === "text" ? content.text.split("\n")[0] : content).toBe(said);
}

/** A request as it goes over the wire; it must be answered well, and without its second line not at all. */
async function request(at: House, block: string): Promise<void> {
  const [head = "", ...rest] = block.trim().split("\n");
  const [method = "", path = ""] = head.split(" ");
  const [header = "", , body = ""] = rest;
  const [name = "", value = ""] = header.split(": ");
  const ask = (headers: Record<string, string>) =>
    at.host.handle(new Request(`http://localhost${path}`, { method, headers, body }));
  expect((await ask({})).status).toBe(403);
  expect((await ask({ [name]: value })).ok).toBeTrue();
}

/** What the API sends, and what goes out or why not. */
async function pass(at: House, block: string): Promise<void> {
  const lines = block.trim().split("\n");
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith("> ")) continue;
    const content = { kind: "text" as const, text: line.slice(2) };
    const passed = await at.host.outgoing({ device: "default", to: "628111", content, plugin: null }).then(
      (changed) => ("text" in changed ? changed.text : ""),
      (refused: Error) => refused.message,
    );
    expect(passed).toBe((lines[i + 1] ?? "").slice(2).replaceAll("\\n", "\n"));
  }
}

test("what the page shows of a mistake is what is told of it", async () => {
  const [{ text: shown } = { text: "" }] = blocks.filter(({ language }) => language === "log");
  const [{ text: hello } = { text: "" }] = plugins;
  house = await House.open({ "hello.ts": hello });
  await Bun.write(`${house.dir}/hello.ts`, hello.replaceAll("command", "comand"));
  await house.host.reload("hello");
  const { fields, sentence } = house.lines.find(({ level }) => level === "error") ?? { fields: {}, sentence: "" };
  const told = toldOfPlugin(JSON.stringify({ ...fields, msg: sentence }));
  expect(`${told?.replace(house.dir, "plugins")}\n`).toBe(shown);
});

test("every other block is known, and every page is named", async () => {
  const known = ["ts", "toml", ...Object.keys(shows)];
  const others = blocks.filter(({ language }) => !known.includes(language));
  expect(others.map(({ page, language }) => `${page} ${language}`)).toEqual([
    "docs/plugins.md sh",
    "docs/plugins.md sh",
    "docs/plugins.md log",
    "docs/plugins/running.md terminal",
    "docs/plugins/running.md sh",
    "docs/plugins/testing.md ts test",
    "docs/plugins/testing.md ts test",
  ]);
  const first = await Bun.file("docs/plugins.md").text();
  expect([...first.matchAll(/\]\((plugins\/\w+\.md)\)/g)].map(([, page]) => `docs/${page}`).sort()).toEqual(
    pages.slice(1),
  );
});

test("those of the page come with the bot, and no other that lies beside them", async () => {
  const page = await Bun.file("docs/plugins.md").text();
  const named = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => `${name}.ts`);
  expect(Object.keys(bundled)).toEqual(named.sort());
});

/** What TypeScript 5.9 knows of the language: not every editor has the newest. */
const older = JSON.stringify(["ES2024", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"]);

test("the pages' plugins and tests, and those that come with the bot, pass the type check of their authors", async () => {
  const folder = mkdtempSync(join(tmpdir(), "merpati-types-"));
  try {
    for (const [name, text] of Object.entries(kit())) await Bun.write(join(folder, name), text);
    await Bun.write(join(folder, "tsconfig.json"), tsconfig.replace('"noEmit"', `"lib": ${older}, "noEmit"`));
    for (const file of new Glob("plugins/*.ts").scanSync("."))
      await Bun.write(join(folder, file.replace("plugins/", "")), await Bun.file(file).text());
    await Bun.write(join(folder, "typed.ts"), await Bun.file("test/plugins/fixtures/typed.ts").text());
    await Bun.write(join(folder, "sayer.ts"), await Bun.file("test/plugins/fixtures/sayer.ts").text());
    for (const [i, { language, text }] of blocks.entries())
      if (language.startsWith("ts"))
        await Bun.write(join(folder, language === "ts" ? `block-${i}.ts` : `block-${i}.test.ts`), text);
    const check = Bun.spawn([process.execPath, "check", "--no-script"], {
      cwd: folder,
      stdout: "pipe",
      stderr: "pipe",
    });
    const out = (await new Response(check.stdout).text()) + (await new Response(check.stderr).text());
    expect([out, await check.exited]).toEqual([expect.stringContaining("No type errors"), 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);

const tests = blocks.filter(({ language }) => language === "ts test");
test.each(tests)(
  "$page:$line: the tests pass",
  async (block) => {
    const folder = mkdtempSync(join(tmpdir(), "merpati-docs-"));
    const text = block.text
      .replace('"merpati/test"', JSON.stringify(join(import.meta.dir, "../../src/sdk/test.ts")))
      .replaceAll("../../plugins/", `${join(import.meta.dir, "../../plugins")}/`)
      .replaceAll("../../test/", `${join(import.meta.dir, "..")}/`);
    await Bun.write(join(folder, "page.test.ts"), text);
    const run = Bun.spawn([process.execPath, "test", "page.test.ts"], { cwd: folder, stdout: "pipe", stderr: "pipe" });
    const err = await new Response(run.stderr).text();
    expect([await run.exited, err]).toEqual([0, expect.stringContaining(" 0 fail")]);
    rmSync(folder, { recursive: true });
  },
  30_000,
);
