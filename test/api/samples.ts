import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * The documents of the five APIs as their users know them, word for word, so that the code in them runs as it stands:
 * only the key, the address and placeholders are put in.
 */
export async function documented(name: string): Promise<string> {
  return Bun.file(join(import.meta.dir, "documents", `${name}.txt`)).text();
}

/** The fenced blocks of one language, in order. */
export const fenced = (document: string, language: string): string[] =>
  [...document.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, each]) => each === language)
    .map(([, , code]) => code ?? "");

/** The one block that contains `words`. */
export function sample(blocks: readonly string[], words: string): string {
  const found = blocks.filter((block) => block.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} samples contain ${words}`);
  return found[0] ?? "";
}

/** Puts in what a reader would: the address, the key. */
export function personal(code: string, { url, key }: { url: string; key: string }): string {
  return code
    .replaceAll("http://localhost:3000", url)
    .replaceAll("daa8ce0ff449a97c15a9159156cfb20a48bda1037450457f1c26e19159d7818a", key)
    .replaceAll(/YOUR_(TENANT_)?API_KEY/g, key);
}

/** Runs a script in a process of its own, where it finds our packages. Returns what it printed; throws when it fails. */
export async function runScript(code: string, extension: "cjs" | "mjs"): Promise<string> {
  const folder = join(import.meta.dir, "../../artefacts", `sample-${Bun.randomUUIDv7()}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `sample.${extension}`);
  try {
    await Bun.write(file, code);
    const child = Bun.spawn([process.execPath, file], { stdout: "pipe", stderr: "pipe", timeout: 15_000 });
    const [out, err, exit] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (exit !== 0) throw new Error(`the sample ended with ${exit}: ${out}${err}`);
    return out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The QR library as the page's CDN would give it: a global `QRCode`. */
export async function qrLibrary(): Promise<string> {
  const entry = join(import.meta.dir, "qr-global.ts");
  const built = await Bun.build({ entrypoints: [entry], target: "browser", format: "iife" });
  return (await built.outputs[0]?.text()) ?? "";
}

/** A shell block and the JSON that the document shows as its answer, where it does. */
export interface ShellSample {
  code: string;
  answer: unknown;
}

/** Every `bash` block that calls the server, in order. */
export function shellSamples(document: string): ShellSample[] {
  const fences = [...document.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return fences.flatMap(([, language, code = ""], place) => {
    if (language !== "bash" || !code.includes("curl")) return [];
    const next = fences[place + 1];
    const between = next
      ? document.slice((fences[place]?.index ?? 0) + (fences[place]?.[0].length ?? 0), next.index)
      : "";
    const isAnswer = next?.[1] === "json" && !/^#/m.test(between) && /response|connected/i.test(between);
    return [{ code, answer: isAnswer ? readable(next[2] ?? "") : null }];
  });
}

/** The document's JSON, or null where it is abridged past reading. */
function readable(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Runs shell lines in `folder` with `prelude` before them. Returns what they printed; throws when they fail. */
export async function runShell(code: string, prelude: string, folder: string): Promise<string> {
  const script = `set -e -o pipefail\n${prelude}\n${code}`;
  const child = Bun.spawn(["bash", "-c", script], { cwd: folder, stdout: "pipe", stderr: "pipe", timeout: 15_000 });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exit !== 0) throw new Error(`the sample ended with ${exit}: ${code}${out}${err}`);
  return out;
}

/** The JSON documents in what a block printed, one after the other. */
export function printed(out: string): Record<string, unknown>[] {
  return out
    .replaceAll(/\}\s*\{/g, "}\u0000{")
    .split("\u0000")
    .filter((part) => part.trim() !== "")
    .map((part) => JSON.parse(part) as Record<string, unknown>);
}

/** What the documented answer has that the real one lacks, or has of another type; empty when all is there. */
export function lacking(documented: unknown, real: unknown, path = ""): string[] {
  if (documented === null) return [];
  if (typeof documented !== "object")
    return typeof documented === typeof real || real === null ? [] : [`${path} is ${typeof real}`];
  if (typeof real !== "object" || real === null) return [`${path} is ${typeof real}`];
  const there = new Map(Object.entries(real));
  return Object.entries(documented).flatMap(([key, value]) =>
    there.has(key) ? lacking(value, there.get(key), `${path}.${key}`) : [`${path}.${key} is missing`],
  );
}

/** The programs that the shell samples need. */
export const shellTools = ["bash", "curl", "jq", "base64"].every((tool) => Bun.which(tool) !== null);
