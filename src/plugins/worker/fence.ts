import { guardedFetch } from "./fetch.ts";
import { log } from "./bot.ts";

/**
 * Takes the obvious ways to hurt the whole process out of a plugin's reach. Courtesy, not security: a plugin that
 * wants to can still reach the machine (docs/plugins.md says how far this goes).
 */
export function fence(): void {
  for (const name of ["kill", "abort", "chdir", "reallyExit", "dlopen", "setuid", "setgid", "umask"] as const)
    Object.defineProperty(process, name, { value: refuse(`process.${name}`) });
  // Ends this worker like an uncaught error, but says where.
  Object.defineProperty(process, "exit", { value: (code?: number) => leave(code) });
  Object.defineProperty(globalThis, "fetch", { value: guardedFetch });
  const said = {
    debug: speak("debug"),
    info: speak("info"),
    log: speak("info"),
    warn: speak("warn"),
    error: speak("error"),
  };
  Object.assign(globalThis.console, said);
}

const refuse = (name: string) => () => {
  throw new Error(`${name} is not for plugins: it would hit the whole bot`);
};

function leave(code = 0): never {
  const thrown = new Error(`called process.exit(${code})`);
  // A plain throw could be caught by the plugin; this one cannot.
  queueMicrotask(() => {
    throw thrown;
  });
  throw thrown;
}

const speak =
  (level: "debug" | "info" | "warn" | "error") =>
  (...said: unknown[]) =>
    log[level]("plugin says", {
      text: said
        .map((word) => (typeof word === "string" ? word : Bun.inspect(word)))
        .join(" ")
        .slice(0, 2000),
    });
