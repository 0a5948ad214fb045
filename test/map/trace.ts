import { join, relative } from "node:path";

/**
 * Preloaded into the process of `traced.ts`: each function and method that a file of `src` exports, or that such a
 * function makes, says when it is called. The product knows nothing of it.
 */
const src = join(import.meta.dir, "../../src");
const passed: string[] = [];
Object.assign(globalThis, { passedFiles: passed, passedBy, spoken });

const declared = /^export (?:abstract )?(?:async )?(?:function\*?|class) (\w+)/gm;
/** A method that only its class can see: no code outside can wrap it, so its body gets the note. */
const hidden = /^ {2}(?:static )?(?:async )?\*?#\w+(?:<[^\n]*>)?\((?:[^\n]*|\n(?: {4}[^\n]*\n)+ {2}\)[^\n]*) \{$/gm;
const arrow = /^export const (\w+)(?::[^=]+)? =\s*(?:async )?(?:\(|<|\w+ =>)/gm;

Bun.plugin({
  name: "trace",
  setup(build) {
    build.onLoad({ filter: new RegExp(`^${src}/(?!simulator|dashboard).*\\.ts$`) }, async ({ path }) => {
      const text = await Bun.file(path).text();
      const names = [...text.matchAll(declared), ...text.matchAll(arrow)].map(([, name]) => name);
      const lines = names.map(
        (name) => `${name} = globalThis.spoken(${JSON.stringify(relative(src, path))}, ${name});`,
      );
      const open = text
        .replace(arrow, (line) => line.replace("const", "let"))
        .replace(hidden, (line) => `${line} globalThis.passedBy(${JSON.stringify(relative(src, path))});`);
      return { contents: `${open}\n${lines.join("\n")}\n`, loader: "ts" };
    });
  },
});

function passedBy(file: string): void {
  if (passed.at(-1) !== file) passed.push(file);
}

type Work = (...given: unknown[]) => unknown;

/** The same function, or the same class with methods, that notes the file at each call. */
function spoken<T>(file: string, exported: T): T {
  if (typeof exported !== "function") return exported;
  if (/^class\b/.test(Function.prototype.toString.call(exported))) {
    for (const holder of [exported, exported.prototype as object]) speakAll(file, holder, ["constructor", "prototype"]);
    return exported;
  }
  return new Proxy(exported as Work & T, {
    apply(work, self, given) {
      passedBy(file);
      return made(file, Reflect.apply(work, self, given));
    },
  });
}

function speakAll(file: string, holder: object, but: readonly string[]): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    if (typeof property.value !== "function" || !property.writable || but.includes(name)) continue;
    Object.defineProperty(holder, name, { ...property, value: spoken(file, property.value) });
  }
}

const seen = new WeakSet<object>();

/** What a function makes speaks for the file of that function, unless it came from another. */
function made<T>(file: string, what: T): T {
  if (typeof what === "function") return spoken(file, what);
  if (typeof what !== "object" || what === null || seen.has(what)) return what;
  if (Object.getPrototypeOf(what) !== Object.prototype) return what;
  seen.add(what);
  speakAll(file, what, []);
  return what;
}
