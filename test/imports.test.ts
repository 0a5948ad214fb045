import { expect, test } from "bun:test";
import { Glob } from "bun";
import { dirname, join, normalize } from "node:path";

/** What each part of the house may import: other parts, and packages ("*" is any). `main.ts`, `composition.ts`, `system.ts` and `cli/` are where all meets. */
const rules: Record<string, { ours: string[]; packages: string[] }> = {
  core: { ours: [], packages: ["@sinclair/typebox", "node:crypto"] },
  sdk: { ours: ["core"], packages: ["@sinclair/typebox"] },
  store: { ours: ["core"], packages: ["*"] },
  whatsapp: { ours: ["core"], packages: ["*"] },
  webhooks: { ours: ["core"], packages: ["*"] },
  net: { ours: ["core"], packages: ["*"] },
  media: { ours: ["core"], packages: ["*"] },
  api: { ours: ["core"], packages: ["*"] },
  plugins: { ours: ["core", "sdk"], packages: ["*"] },
  server: { ours: ["core", "api"], packages: ["*"] },
  dashboard: { ours: [], packages: ["*"] },
  log: { ours: ["config", "core"], packages: ["node:fs", "pino", "pino-pretty"] },
  config: { ours: ["core"], packages: ["node:fs", "node:path", "node:util"] },
  simulator: { ours: [], packages: ["*"] },
};
const free = new Set(["main", "cli", "composition", "system"]);
const importing = /(?:\bfrom|\bimport)\s*\(?\s*(["'])([^"'\n]+)\1/g;

/** `src/store/open.ts` → `store`, `src/main.ts` → `main`. */
const part = (path: string) =>
  path
    .replace(/^src\//, "")
    .split("/")[0]
    ?.replace(/\.tsx?$/, "") ?? "";

/** Why an import is not allowed, or null. */
export function objection(file: string, specifier: string): string | null {
  const home = part(file);
  if (free.has(home)) return null;
  const rule = rules[home];
  if (!rule) return `src/${home} has no row in the import rule`;
  if (home === "simulator") {
    if (/baileys/.test(specifier) && !/WAProto|WABinary/.test(specifier))
      return "the simulator may use WAProto and WABinary only";
  } else if (/baileys/.test(specifier) && home !== "whatsapp") return "only whatsapp/ knows Baileys";
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(file), specifier));
    if (!target.startsWith("src/")) return target === "package.json" ? null : `${target} is outside src`;
    const there = part(target);
    return there === home || rule.ours.includes(there) ? null : `${home} may not import ${there}`;
  }
  if (
    rule.packages.includes("*") ||
    rule.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  )
    return null;
  return `${home} may not import the package ${specifier}`;
}

test("imports point inward", async () => {
  const offences: string[] = [];
  for await (const file of new Glob("src/**/*.{ts,tsx}").scan(".")) {
    const text = await Bun.file(file).text();
    for (const match of text.matchAll(importing)) {
      const line = text.slice(0, match.index).split("\n").length;
      if (/^\s*(\/\/|\*|\/\*)/.test(text.split("\n")[line - 1] ?? "")) continue;
      const why = objection(file, match[2] ?? "");
      if (why) offences.push(`${file}:${line}: ${match[0]} — ${why}`);
    }
  }
  expect(offences).toEqual([]);
});

test("the rule sees an offence", () => {
  expect(objection("src/core/app.ts", "elysia")).toContain("may not import the package");
  expect(objection("src/core/app.ts", "node:fs")).toContain("may not import the package");
  expect(objection("src/store/open.ts", "../webhooks/sign.ts")).toBe("store may not import webhooks");
  expect(objection("src/api/v1/v1.ts", "@whiskeysockets/baileys")).toBe("only whatsapp/ knows Baileys");
  expect(objection("src/simulator/server.ts", "../core/base/clock.ts")).toBe("simulator may not import core");
  expect(objection("src/store/devices/devices.ts", "../../core/ports/store.ts")).toBeNull();
});

/** Why an import reaches into the simulator, which is a package of its own, past its index; null when it does not. */
export function trespass(file: string, specifier: string): string | null {
  if (file.startsWith("src/simulator/") || !specifier.startsWith(".")) return null;
  const target = normalize(join(dirname(file), specifier));
  const inside = target.startsWith("src/simulator/") && target !== "src/simulator/index.ts";
  return inside ? `${target} is the simulator's own; import src/simulator/index.ts` : null;
}

test("nothing imports past the simulator's index", async () => {
  const offences: string[] = [];
  for await (const file of new Glob("{src,test,bench,plugins}/**/*.{ts,tsx}").scan(".")) {
    for (const match of (await Bun.file(file).text()).matchAll(importing)) {
      const why = trespass(file, match[2] ?? "");
      if (why) offences.push(`${file}: ${why}`);
    }
  }
  expect(offences).toEqual([]);
  expect(trespass("test/a.test.ts", "../src/simulator/wire/stanza.ts")).toContain("import src/simulator/index.ts");
});

test("bun.lock names no host", async () => {
  const lines = (await Bun.file("bun.lock").text()).split("\n");
  expect(lines.filter((line) => /"https?:\/\//.test(line))).toEqual([]);
});
