import { expect, test } from "bun:test";
import { Glob } from "bun";
import { dirname, join, normalize } from "node:path";

const root = normalize(join(import.meta.dir, ".."));
const importing = /\bfrom\s+"(\.[^"]+)"/g;

/** Which folders each folder imports from, `import type` included. */
async function graph(): Promise<Map<string, Set<string>>> {
  const edges = new Map<string, Set<string>>();
  for await (const file of new Glob("**/*.ts").scan(root)) {
    if (file.startsWith("test/")) continue;
    const home = dirname(file);
    const targets = edges.get(home) ?? new Set();
    edges.set(home, targets);
    for (const [, specifier = ""] of (await Bun.file(join(root, file)).text()).matchAll(importing)) {
      const there = dirname(normalize(join(home, specifier)));
      if (there !== home) targets.add(there);
    }
  }
  return edges;
}

/** The folders that are left when those that import from nobody are taken away again and again: all in circles, or above one. */
export function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const left = new Map([...edges].map(([home, targets]) => [home, new Set(targets)]));
  for (;;) {
    const free = [...left].filter(([, targets]) => [...targets].every((one) => !left.has(one)));
    if (free.length === 0) return [...left.keys()];
    for (const [home] of free) left.delete(home);
  }
}

test("no folder of the simulator imports one that imports it", async () => {
  expect(circles(await graph())).toEqual([]);
});

test("a circle is seen", () => {
  expect(
    circles(
      new Map([
        ["a", new Set(["b"])],
        ["b", new Set(["a"])],
        ["c", new Set()],
      ]),
    ),
  ).toEqual(["a", "b"]);
});
