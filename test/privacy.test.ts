import { expect, test } from "bun:test";
import { Glob } from "bun";

/** `private name`: the compiler's word for a member, which does not hold at run time. A private constructor has no `#`. */
const worded = /^\s*(?:static )?private (?!constructor\b).*$|\bprivate readonly \w+: .*[,)]/gm;

/** Members that other code could still reach at run time. */
export const reachable = (text: string): string[] => [...text.matchAll(worded)].map(([line]) => line.trim());

test("what belongs to a class alone is behind #, which holds at run time too", async () => {
  const found: string[] = [];
  for await (const file of new Glob("{src,test,bench}/**/*.ts").scan("."))
    if (file !== "test/privacy.test.ts")
      for (const line of reachable(await Bun.file(file).text())) found.push(`${file}: ${line}`);
  expect(found).toEqual([]);
});

test("the rule sees a field, a method and a parameter", () => {
  expect(reachable("  private readonly a = 1;\n  private b(): void {}")).toHaveLength(2);
  expect(reachable("  constructor(private readonly a: number) {}")).toHaveLength(1);
  expect(reachable("  #a = 1;\n  private constructor(a: number) {}")).toEqual([]);
});
