import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { House } from "./house.ts";

interface Block {
  language: string;
  text: string;
  line: number;
}

const page = await Bun.file("docs/plugins.md").text();
const blocks: Block[] = [...page.matchAll(/^```(\w+(?: \w+)?)\n([\s\S]*?)^```$/gm)].map(
  ({ 1: language = "", 2: text = "", index }) => ({
    language,
    text,
    line: page.slice(0, index).split("\n").length,
  }),
);

/** Every plugin of the page, with the settings before it and the conversation after it. */
const plugins = blocks.flatMap((block, i) => {
  if (block.language !== "ts") return [];
  const [before, after] = [blocks[i - 1], blocks[i + 1]];
  const name = /name: "([a-z-]+)"/.exec(block.text)?.[1] ?? "";
  const toml = before?.language === "toml" ? before.text : "";
  return [{ name, text: block.text, toml, chat: after?.language === "chat" ? after.text : "", line: block.line }];
});

let house: House | undefined;
afterEach(() => house?.close());

test.each(plugins)("docs/plugins.md:$line: $name", async ({ name, text, toml, chat }) => {
  house = await House.open({ [`${name}.ts`]: text, "config.toml": toml });
  expect(house.host.list()).toMatchObject([{ name, state: "running", problem: null }]);
  let heard = 0;
  for (const line of chat.split("\n").filter(Boolean)) {
    const said = line.slice(2);
    if (line.startsWith("<")) await expectSaid(house, heard++, said);
    else if (line.startsWith("~")) house.clock.wind(Number.parseInt(said) * 3_600_000);
    else {
      expect(house.sent.length).toBe(heard);
      for (const { error } of Object.values(await house.says(said))) expect(error).toBeUndefined();
    }
  }
  expect(house.sent.length).toBe(heard);
});

async function expectSaid(at: House, index: number, said: string): Promise<void> {
  await at.until(() => at.sent.length > index);
  const content = at.sent[index]?.content;
  if (said.startsWith("{")) expect(content).toMatchObject(JSON.parse(said) as object);
  // The first line: a wrong argument is answered with the usage below it.
  else expect(content?.kind === "text" ? content.text.split("\n")[0] : content).toBe(said);
}

test("every other block is known", () => {
  const others = blocks.filter(({ language }) => !["ts", "chat", "toml"].includes(language));
  expect(others.map(({ language }) => language)).toEqual(["sh", "ts test", "ts test"]);
});

test("the page's plugins and test pass the type check", async () => {
  const folder = mkdtempSync(join(import.meta.dir, "docs-"));
  try {
    for (const [i, { language, text }] of blocks.entries())
      if (language.startsWith("ts"))
        await Bun.write(join(folder, language === "ts" ? `block-${i}.ts` : `block-${i}.test.ts`), text);
    const check = Bun.spawn([process.execPath, "check", "--no-script"], { stdout: "pipe", stderr: "pipe" });
    const out = (await new Response(check.stdout).text()) + (await new Response(check.stderr).text());
    expect([out, await check.exited]).toEqual([expect.stringContaining("No type errors"), 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);

const tests = blocks.filter(({ language }) => language === "ts test");
test.each(tests)(
  "docs/plugins.md:$line: the test passes",
  async (block) => {
    const folder = mkdtempSync(join(tmpdir(), "merpati-docs-"));
    const text = block.text
      .replace('"merpati/test"', JSON.stringify(join(import.meta.dir, "../../src/sdk/test.ts")))
      .replace("../../plugins/", `${join(import.meta.dir, "../../plugins")}/`)
      .replace("../../test/", `${join(import.meta.dir, "..")}/`);
    await Bun.write(join(folder, "page.test.ts"), text);
    const run = Bun.spawn([process.execPath, "test", "page.test.ts"], { cwd: folder, stdout: "pipe", stderr: "pipe" });
    const err = await new Response(run.stderr).text();
    expect([await run.exited, err]).toEqual([0, expect.stringContaining("1 pass")]);
    rmSync(folder, { recursive: true });
  },
  30_000,
);
