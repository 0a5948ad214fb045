import { expect, test } from "bun:test";
import { Glob } from "bun";
import { dirname, join, normalize } from "node:path";

/** What each part of the house may import: other parts, and packages ("*" is any). `main.ts`, `composition/` and `cli/` are where all meets. */
const rules: Record<string, { ours: string[]; packages: string[] }> = {
  core: { ours: [], packages: ["@sinclair/typebox", "node:crypto"] },
  sdk: { ours: ["core"], packages: ["@sinclair/typebox"] },
  store: { ours: ["core"], packages: ["*"] },
  whatsapp: { ours: ["core"], packages: ["*"] },
  webhooks: { ours: ["core"], packages: ["*"] },
  net: { ours: ["core"], packages: ["*"] },
  notify: { ours: ["core"], packages: ["*"] },
  media: { ours: ["core"], packages: ["*"] },
  api: { ours: ["core"], packages: ["*"] },
  plugins: { ours: ["core", "sdk"], packages: ["*"] },
  server: { ours: ["core", "api"], packages: ["*"] },
  dashboard: { ours: [], packages: ["*"] },
  log: { ours: ["config", "core"], packages: ["node:fs", "pino", "pino-pretty"] },
  config: { ours: ["core"], packages: ["node:fs", "node:path", "node:util"] },
  simulator: { ours: [], packages: ["*"] },
};
const free = new Set(["main", "cli", "composition"]);
/**
 * The rooms of a folder from the ground up: what stands in one imports those before it. "." is what stands in the folder
 * itself.
 */
const rooms: Record<string, string> = {
  core: "base model ports identity metrics alerts trace policy access media sending inbox people delivery webhooks device .",
  "core/model": ". content message events",
  "core/sending": "drafting sender bulk",
  store: "seal sqlite devices retention outbox events access chats conversion .",
  whatsapp: "signal wire codec media session moving account inbound outbound passkey connection",
  plugins: "contract kit settings worker thread gateway lifecycle routing host",
  api: "table docs . openapi v1 admin faces",
  cli: "base plugin sandbox trace webhook device import doctor service update backup .",
  dashboard: "base words components pages sandbox .",
};
const importing = /(?:\bfrom|\bimport)\s*\(?\s*(["'])([^"'\n]+)\1/g;

/** `src/store/open.ts` → `store`, `src/main.ts` → `main`. */
const part = (path: string) =>
  path
    .replace(/^src\//, "")
    .split("/")[0]
    ?.replace(/\.tsx?$/, "") ?? "";

/** `core/device/connection-slot.ts` in `core` stands in `device`, `core/app.ts` in `.`. */
function roomIn(folder: string, path: string): string {
  const [room = "", ...rest] = path.slice(`src/${folder}/`.length).split("/");
  return rest.length === 0 ? "." : room;
}

/** Why a file may not import another one of its own part, or null: it goes up, or a folder has no place in the order. */
function upward(file: string, target: string): string | null {
  for (const [folder, line] of Object.entries(rooms)) {
    if (![file, target].every((path) => path.startsWith(`src/${folder}/`))) continue;
    const order = line.split(" ");
    const [from, to] = [roomIn(folder, file), roomIn(folder, target)];
    const placeless = [from, to].find((room) => !order.includes(room));
    if (placeless !== undefined) return `src/${folder}/${placeless} has no place in the order of rooms`;
    if (order.indexOf(to) > order.indexOf(from)) return `in ${folder}, ${from} may not import ${to}`;
  }
  return null;
}

/** Why an import is not allowed, or null. */
export function objection(file: string, specifier: string): string | null {
  const home = part(file);
  const within = specifier.startsWith(".") ? upward(file, normalize(join(dirname(file), specifier))) : null;
  if (within) return within;
  if (free.has(home)) return null;
  const rule = rules[home];
  if (!rule) return `src/${home} has no row in the import rule`;
  if (home === "simulator") {
    if (/baileys/.test(specifier) && !/WAProto|WABinary/.test(specifier))
      return "the simulator may use WAProto and WABinary only";
  } else if (/baileys/.test(specifier) && home !== "whatsapp") return "only whatsapp/ knows Baileys";
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(file), specifier));
    // The pages know the API as every client does; types are gone when it runs.
    const shared = ["package.json", ...(home === "dashboard" ? ["clients/typescript/src/schema.ts"] : [])];
    if (!target.startsWith("src/")) return shared.includes(target) ? null : `${target} is outside src`;
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

interface Import {
  file: string;
  line: number;
  text: string;
  specifier: string;
}

async function* imports(): AsyncGenerator<Import> {
  for await (const file of new Glob("src/**/*.{ts,tsx}").scan(".")) {
    const text = await Bun.file(file).text();
    const lines = text.split("\n");
    for (const match of text.matchAll(importing)) {
      const line = text.slice(0, match.index).split("\n").length;
      if (/^\s*(\/\/|\*|\/\*)/.test(lines[line - 1] ?? "")) continue;
      yield { file, line, text: match[0], specifier: match[2] ?? "" };
    }
  }
}

/** Folders that import each other, over others or directly, with an import for each step. */
export function circles(found: readonly Pick<Import, "file" | "specifier">[]): string[][] {
  const steps = new Map<string, Map<string, string>>();
  for (const { file, specifier } of found) {
    if (!specifier.startsWith(".")) continue;
    const [from, target] = [dirname(file), normalize(join(dirname(file), specifier))];
    const to = dirname(target);
    if (from === to || !target.startsWith("src/")) continue;
    const known = steps.get(from) ?? new Map<string, string>();
    steps.set(from, known.set(to, known.get(to) ?? `${file} imports ${target}`));
  }
  const over = new Set<string>();
  return [...steps.keys()].flatMap((folder) => {
    const way = over.has(folder) ? null : wayBack(folder, steps);
    for (const step of way ?? []) over.add(dirname(step.split(" ")[0] ?? ""));
    return way ? [way] : [];
  });
}

/** The shortest way from a folder over others back to it. */
function wayBack(folder: string, steps: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] | null {
  const seen = new Set<string>();
  let ends: { at: string; way: string[] }[] = [{ at: folder, way: [] }];
  while (ends.length > 0) {
    const further: typeof ends = [];
    for (const { at, way } of ends) {
      for (const [to, step] of steps.get(at) ?? []) {
        if (to === folder) return [...way, step];
        if (!seen.has(to)) further.push({ at: to, way: [...way, step] });
        seen.add(to);
      }
    }
    ends = further;
  }
  return null;
}

test("imports point inward", async () => {
  const offences: string[] = [];
  for await (const { file, line, text, specifier } of imports()) {
    const why = objection(file, specifier);
    if (why) offences.push(`${file}:${line}: ${text} — ${why}`);
  }
  expect(offences).toEqual([]);
});

test("no folder imports one that imports it, types included", async () => {
  expect(circles(await Array.fromAsync(imports()))).toEqual([]);
});

test("the rule sees an offence", () => {
  expect(objection("src/core/ports/hold.ts", "../device/line.ts")).toBe("in core, ports may not import device");
  expect(objection("src/core/ports/hold.ts", "../app.ts")).toBe("in core, ports may not import .");
  expect(objection("src/core/sending/drafting/drafter.ts", "../sender/sender.ts")).toBe(
    "in core/sending, drafting may not import sender",
  );
  expect(objection("src/store/odds/ends.ts", "../sqlite/disk.ts")).toBe(
    "src/store/odds has no place in the order of rooms",
  );
  expect(objection("src/core/app.ts", "elysia")).toContain("may not import the package");
  expect(objection("src/core/app.ts", "node:fs")).toContain("may not import the package");
  expect(objection("src/store/open.ts", "../webhooks/sign.ts")).toBe("store may not import webhooks");
  expect(objection("src/api/faces/v1.ts", "@whiskeysockets/baileys")).toBe("only whatsapp/ knows Baileys");
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

test("the rule sees a circle, over a third folder and by a type alone", () => {
  const found = (file: string, specifier: string) => ({ file: `src/net/${file}`, specifier });
  const [there, on, back] = [found("a/x.ts", "../b/y.ts"), found("b/z.ts", "../c/x.ts"), found("c/y.ts", "../a/z.ts")];
  expect(circles([there, on, back])).toEqual([
    [
      "src/net/a/x.ts imports src/net/b/y.ts",
      "src/net/b/z.ts imports src/net/c/x.ts",
      "src/net/c/y.ts imports src/net/a/z.ts",
    ],
  ]);
  expect(circles([there, on])).toEqual([]);
  const text = 'import type { A } from "../a.ts";\nconst b = await import("../b.ts");';
  expect([...text.matchAll(importing)].map(([, , specifier]) => specifier)).toEqual(["../a.ts", "../b.ts"]);
});

test("bun.lock names no host", async () => {
  const lines = (await Bun.file("bun.lock").text()).split("\n");
  expect(lines.filter((line) => /"https?:\/\//.test(line))).toEqual([]);
});
