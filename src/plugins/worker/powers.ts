import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute } from "node:path";
import { plugin as resolver } from "bun";
import { placed } from "./manifest.ts";

/** Modules of the runtime that reach nothing outside the plugin. */
const harmless: ReadonlySet<string> = new Set([
  "assert",
  "assert/strict",
  "async_hooks",
  "buffer",
  "console",
  "constants",
  "crypto",
  "diagnostics_channel",
  "events",
  "path",
  "path/posix",
  "path/win32",
  "perf_hooks",
  "process",
  "punycode",
  "querystring",
  "stream",
  "stream/consumers",
  "stream/promises",
  "stream/web",
  "string_decoder",
  "timers",
  "timers/promises",
  "url",
  "util",
  "util/types",
  "zlib",
]);

/** What of `Bun` reaches files, sockets, databases and programs. */
const reaching = [
  "$",
  "Archive",
  "FFI",
  "FetchSession",
  "FileSystemRouter",
  "Glob",
  "RedisClient",
  "S3Client",
  "SQL",
  "Terminal",
  "build",
  "connect",
  "embeddedFiles",
  "file",
  "listen",
  "mmap",
  "openInEditor",
  "postgres",
  "redis",
  "registerMacro",
  "s3",
  "secrets",
  "serve",
  "spawn",
  "spawnSync",
  "sql",
  "stdin",
  "udpSocket",
  "write",
] as const;

/** Sockets beside `fetch`. */
const sockets = ["WebSocket", "EventSource"] as const;

const fix = 'add "system" to its permissions';

/**
 * Takes what reaches the machine out of the reach of a plugin without `system`: such modules of the runtime are not
 * imported by its files, and what `Bun` and the globals offer throws. Not all: the runtime keeps `Bun.fetch`, `Bun.dns`,
 * `Bun.plugin` and `Bun.WebView` as they are, and lets nobody watch `import.meta.require` nor a `require` whose name is put
 * together. docs/plugins/permissions.md says so.
 */
export function withholdSystem(): void {
  for (const name of reaching) withhold(Bun, name, `Bun.${name}`);
  // What reads a schedule is ours; what plans a program is not for it.
  Object.defineProperty(Bun, "cron", {
    value: Object.assign(denial("Bun.cron"), { parse: Bun.cron.parse.bind(Bun.cron) }),
  });
  for (const name of sockets)
    if (name in globalThis)
      Object.defineProperty(globalThis, name, {
        value: new Proxy(class Socket extends EventTarget {}, { construct: denial(name) }),
      });
  Object.defineProperty(process, "getBuiltinModule", { value: builtinModule(process.getBuiltinModule.bind(process)) });
  for (const name of ["binding", "_linkedBinding", "report"]) withhold(process, name, `process.${name}`);
  // Code in it has none of this.
  withhold(globalThis, "ShadowRealm", "ShadowRealm");
  withholdPictureFiles();
  resolver({
    name: "imports",
    setup: (build) =>
      void build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        inspect(path, importer);
        // The runtime resolves it as ever.
        return undefined;
      }),
  });
}

const denial = (called: string) => (): never => {
  throw new Error(`${called} is not for this plugin: ${fix}`);
};

function withhold(home: object, name: string, called: string): void {
  if (!(name in home)) return;
  const denied = denial(called);
  // Whether it is called, made, or asked for something of its own.
  const value = new Proxy(class Withheld extends Object {}, { get: denied, construct: denied, apply: denied });
  Object.defineProperty(home, name, { value });
}

/** A picture is made of bytes, and becomes bytes: it is neither read from a path nor written to one. */
function withholdPictureFiles(): void {
  const { Image } = Bun;
  const guarded = new Proxy(Image, {
    construct(target, [input, ...options]: [unknown, ...unknown[]], made) {
      const isBytes = input instanceof ArrayBuffer || ArrayBuffer.isView(input) || input instanceof Blob;
      if (!isBytes) denial("a Bun.Image of a path")();
      return Reflect.construct(target, [input, ...options], made) as object;
    },
  });
  Object.defineProperty(Image.prototype, "constructor", { value: guarded });
  Object.defineProperty(Image.prototype, "write", { value: denial("Bun.Image.write") });
  for (const name of ["fromClipboard", "hasClipboardImage", "clipboardChangeCount"] as const)
    Object.defineProperty(Image, name, { value: denial(`Bun.Image.${name}`) });
  Bun.Image = guarded;
}

const builtinModule =
  (original: typeof process.getBuiltinModule) =>
  (name: string): unknown => {
    if (isSystem(name)) throw new Error(denialOf(name));
    return original(name as "path");
  };

const scanned = new Set<string>();
/** The hook is called for what it resolves itself. */
let isResolving = false;
const loaders: Readonly<Record<string, "ts" | "tsx" | "js" | "jsx">> = {
  ts: "ts",
  mts: "ts",
  cts: "ts",
  tsx: "tsx",
  js: "js",
  mjs: "js",
  cjs: "js",
  jsx: "jsx",
};

/** What a file imports, before it is run: the hook does not hear of the runtime's own modules. */
function inspect(path: string, importer: string): void {
  const file = resolved(path, importer);
  const loader = file === null ? undefined : loaders[/\.(\w+)$/.exec(file)?.[1] ?? ""];
  if (file === null || !loader || scanned.has(file)) return;
  for (const name of importsOf(file, loader)) if (isSystem(name)) throw placed(denialOf(name), file, name);
  scanned.add(file);
}

/** None of a file that is not there or does not parse: the runtime says so better. */
function importsOf(file: string, loader: "ts" | "tsx" | "js" | "jsx"): string[] {
  try {
    return new Bun.Transpiler({ loader }).scanImports(readFileSync(file, "utf8")).map(({ path }) => path);
  } catch {
    return [];
  }
}

/** Null for what is not there: the runtime says so. */
function resolved(path: string, importer: string): string | null {
  if (isAbsolute(path)) return path;
  if (isResolving) return null;
  isResolving = true;
  try {
    return Bun.resolveSync(path, dirname(importer));
  } catch {
    return null;
  } finally {
    isResolving = false;
  }
}

function isSystem(name: string): boolean {
  if (name.startsWith("bun:")) return true;
  return name !== "bun" && isBuiltin(name) && !harmless.has(name.replace(/^node:/, ""));
}

const denialOf = (name: string): string => `import "${name}" reaches the machine: ${fix}`;
