import type { Bot } from "../../sdk/bot.ts";
import type { CommandOptions } from "../../sdk/command.ts";
import type { EveryOptions } from "../../sdk/bot.ts";
import { sendKeyed, showTyping } from "./context.ts";
import { guardedFetch } from "./fetch.ts";
import type { MemberAction } from "../words.ts";
import { call, current, post } from "./link.ts";
import type { Registry } from "./registry.ts";
import { keyValues } from "./store.ts";

type Level = "debug" | "info" | "warn" | "error";
const logger =
  (level: Level) =>
  (sentence: string, fields: Record<string, unknown> = {}) =>
    post({ type: "log", level, sentence, fields: plain(fields) });

/** Only what can be cloned to the host. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === "object" || typeof value === "function" ? Bun.inspect(value) : value,
    ]),
  );
}

export const log = { debug: logger("debug"), info: logger("info"), warn: logger("warn"), error: logger("error") };

/** The device of what is being handled. */
const here = () => current.getStore()?.event?.device ?? null;

/** Everything a plugin can do, as closures over its registry and its line to the host. */
export function makeBot(name: string, config: unknown, registry: Registry): Bot {
  const bot = {
    name,
    config,
    log,
    store: keyValues,
    command: (pattern: string, ...rest: [never] | [CommandOptions, never]) =>
      rest.length === 1 ? registry.command(pattern, {}, rest[0]) : registry.command(pattern, rest[0], rest[1]),
    on: (type: string, handler: never) => void registry.ears.push({ type, handler, site: registry.site(`on ${type}`) }),
    use: (handler: never) => void registry.middleware.push({ handler, site: registry.site("middleware") }),
    answer: (key: string, handler: never) =>
      void registry.answers.set(key, { handler, site: registry.site(`answer ${key}`) }),
    send: sendKeyed,
    typing: showTyping,
    every: (cron: string, ...rest: [never] | [EveryOptions, never]) => {
      const [options, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
      registry.schedules.push({ cron, options, handler, site: registry.site(`every ${cron}`) });
    },
    fetch: guardedFetch,
    http: (method: string, path: string, handler: never) =>
      void registry.routes.push({ method, path, handler, site: registry.site(`http ${method} ${path}`) }),
    outgoing: (handler: never) => void registry.hooks.push({ handler, site: registry.site("outgoing") }),
    closing: (handler: never) => void registry.closings.push({ handler, site: registry.site("closing") }),
    commands: () => call("commands", null),
    plugins: {
      list: () => call("plugins.list", null),
      enable: async (plugin: string, chat: string | null = null) =>
        void (await call("plugins.enable", { name: plugin, chat })),
      disable: async (plugin: string, chat: string | null = null) =>
        void (await call("plugins.disable", { name: plugin, chat })),
      uninstall: async (plugin: string, { keepData = false } = {}) =>
        void (await call("plugins.uninstall", { name: plugin, keepData })),
    },
    groups: {
      members: (group: string) => call("groups.members", { device: here(), group }),
      change: (group: string, action: MemberAction, members: readonly string[]) =>
        call("groups.change", { device: here(), group, action, members: [...members] }),
    },
    sleep: async (seconds: number) => void (await call("sleep", seconds)),
    now: async () => new Date(await call("now", null)),
  };
  return bot as unknown as Bot;
}
