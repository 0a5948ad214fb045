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
