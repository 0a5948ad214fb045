import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventOfAction, eventTypes } from "../src/core/model/events/events.ts";

const map = await Bun.file("src/README.md").text();
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What a text names of the repository: paths in backticks, and files in what is drawn. */
function named(text: string): string[] {
  const drawn = [...text.matchAll(/```\n([\s\S]*?)```/g)].map(([, block]) => block ?? "").join("\n");
  const files = [...drawn.matchAll(/(?:[\w-]+\/)+[\w-]+\.ts/g)].map(([path]) => path);
  const prose = text.replace(/```\n[\s\S]*?```/g, "");
  const ticked = [...prose.matchAll(/`([\w.-]+\/[\w./-]*|[\w-]+\.(?:ts|json|md))`/g)].map(([, path]) => path ?? "");
  return [...new Set([...files, ...ticked])];
}

/** The files of one of the ways that are drawn: those with an arrow in order, those without at any time. */
function claimed(way: string): { inOrder: string[]; besides: string[] } {
  const drawn = map.slice(map.indexOf(`\n## ${way}\n`)).split("```\n")[1] ?? "";
  const files = (line: RegExp) => [...drawn.matchAll(line)].map(([, file]) => file ?? "");
  return { inOrder: files(/^ +→ ([\w/.-]+\.ts)/gm), besides: files(/^ +([\w/.-]+\.ts)/gm) };
}

/** The first file of `wanted` that was not called after those before it, with the one it should have come after. */
function missed(wanted: readonly string[], called: readonly string[]): string | null {
  let at = -1;
  for (const [place, file] of wanted.entries()) {
    at = called.indexOf(file, at + 1);
    if (at >= 0) continue;
    return called.includes(file) ? `${file} is not called after ${wanted[place - 1]}` : `${file} is not called`;
  }
  return null;
}

test("the map names what there is", () => {
  const names = named(map);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !existsSync(join("src", name)) && !existsSync(name))).toEqual([]);
});

test("every room is on the map", () => {
  const folders = [".", "core", "store", "whatsapp", "plugins"].flatMap((part) =>
    readdirSync(join("src", part), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${join(part, name)}/`),
  );
  expect(folders.filter((folder) => !map.includes(`\`${folder}\``))).toEqual([]);
});

test("every event of the catalogue is made somewhere", async () => {
  const made = new Set<string>(Object.values(eventOfAction));
  const begun: string[] = [];
  for await (const path of new Bun.Glob("src/{core,whatsapp,composition,plugins}/**/*.ts").scan(".")) {
    // Where types are listed none is made.
    if (/^src\/core\/(model|ports)\//.test(path)) continue;
    const text = await Bun.file(path).text();
    for (const [type] of text.matchAll(/(?<=")[a-z]+(?:\.[a-z_]+)?(?=")/g)) made.add(type);
    for (const [begin] of text.matchAll(/(?<=tell\(`)[a-z]+\.(?=\$\{)/g)) begun.push(begin);
  }
  const isMade = (type: string) => made.has(type) || begun.some((begin) => type.startsWith(begin));
  expect(eventTypes.filter((type) => !isMade(type))).toEqual([]);
});

test("messages pass the files that the map claims, in that order", async () => {
  const command = [process.execPath, "--preload", here("map/trace.ts"), here("map/traced.ts")];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
  const called = JSON.parse(await new Response(child.stdout).text()) as Record<string, string[]>;
  for (const [way, files] of Object.entries(called)) {
    const { inOrder, besides } = claimed(way);
    expect(inOrder.length).toBeGreaterThan(6);
    expect({ [way]: missed(inOrder, files) }).toEqual({ [way]: null });
    expect(besides.filter((file) => !files.includes(file))).toEqual([]);
  }
}, 60_000);

test("a file in the wrong place, and one that is not called, are found", () => {
  const called = ["a.ts", "b.ts", "a.ts", "c.ts"];
  expect(missed(["a.ts", "b.ts", "c.ts"], called)).toBeNull();
  expect(missed(["b.ts", "a.ts", "c.ts"], called)).toBeNull();
  expect(missed(["a.ts", "c.ts", "b.ts"], called)).toBe("b.ts is not called after c.ts");
  expect(missed(["a.ts", "d.ts"], called)).toBe("d.ts is not called");
});
