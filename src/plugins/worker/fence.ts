import threads from "node:worker_threads";
import { hostFetch } from "./fetch.ts";
import { post } from "./rpc.ts";
import { problemOf } from "../contract/place.ts";
import { log } from "./bot.ts";

/**
 * Takes the obvious ways to hurt the whole process out of a plugin's reach. Courtesy, not security: a plugin that
 * wants to can still reach the machine (docs/plugins/safety.md says how far this goes).
 */
export function fence(root: string): void {
  for (const name of ["kill", "abort", "chdir", "reallyExit", "dlopen", "setuid", "setgid", "umask"] as const)
    Object.defineProperty(process, name, { value: refuse(`process.${name}`) });
  Object.defineProperty(process, "exit", { value: (code?: number) => leave(root, code) });
  Object.defineProperty(globalThis, "fetch", { value: hostFetch });
  // In every shape there is: what runs in them is out of the watchdog's sight.
  for (const home of [globalThis, threads]) Object.defineProperty(home, "Worker", { value: noWorker });
  const said = {
    debug: speak("debug"),
    info: speak("info"),
    log: speak("info"),
    warn: speak("warn"),
    error: speak("error"),
  };
  Object.assign(globalThis.console, said);
}

function noWorker(): never {
  throw new Error("Worker is not for plugins: the bot could not stop what runs in it");
}

const refuse = (name: string) => () => {
  throw new Error(`${name} is not for plugins: it would hit the whole bot`);
};

/** The host ends this worker; it hears from where it was asked to. */
function leave(root: string, code = 0): never {
  const thrown = new Error(`called process.exit(${code})`);
  post({ type: "fell", as: "exit", problem: problemOf(thrown, root) });
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
