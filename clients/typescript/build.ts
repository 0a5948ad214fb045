/** Makes `dist/`, which is what is published: `bun clients/typescript/build.ts`. Node reads no TypeScript below `node_modules`. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

const source = join(import.meta.dir, "src");

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

const declarations: ts.CompilerOptions = { ...compilerOptions, declaration: true, isolatedDeclarations: true };

/** A file's types name their neighbours as the files of `dist/` are called. */
const published = (text: string): string => text.replaceAll(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"');

/** The server's own description: nothing but types, and a megabyte of them. */
const onlyTypes = "schema.ts";

/** Writes each file as JavaScript and as types. Throws what TypeScript finds wrong. */
export async function build(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of new Bun.Glob("*.ts").scanSync(source)) {
    const text = await Bun.file(join(source, name)).text();
    const { script, types } = name === onlyTypes ? { script: "export {};\n", types: text } : translated(name, text);
    const bare = join(folder, name.replace(/\.ts$/, ""));
    await Bun.write(`${bare}.js`, script);
    await Bun.write(`${bare}.d.ts`, published(types));
  }
}

function translated(fileName: string, text: string): { script: string; types: string } {
  const options = { compilerOptions, fileName, reportDiagnostics: true };
  const script = ts.transpileModule(text, options);
  const types = ts.transpileDeclaration(text, { ...options, compilerOptions: declarations });
  const [wrong] = [...(script.diagnostics ?? []), ...(types.diagnostics ?? [])];
  if (wrong) throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(wrong.messageText, "\n")}`);
  return { script: script.outputText, types: types.outputText };
}

if (import.meta.main) await build(join(import.meta.dir, "dist"));
