import type { PluginBot } from "../../sdk/bot.ts";
import type { CommandOptions } from "../../sdk/command.ts";
import type { BurstOptions, EveryOptions, OutgoingOptions } from "../../sdk/bot.ts";
import { sendKeyed, showTyping } from "./context.ts";
import { hostFetch } from "./fetch.ts";
import type { MemberAction } from "../contract/words.ts";
import { nextAfter } from "../contract/cron.ts";
import { noSuch } from "../contract/meant.ts";
import { call, current, post } from "./rpc.ts";
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

/** Throws a sentence that names the flaw. */
function checkSchedule(cron: string, { zone = "UTC", missed = "skip", ...rest }: EveryOptions): void {
  nextAfter(cron, zone, Date.now());
  const [odd] = Object.keys(rest);
  if (odd !== undefined) throw new Error(`every("${cron}"): ${noSuch("option", odd, ["zone", "missed"])}`);
  if (!["skip", "once"].includes(missed))
    throw new Error(`every("${cron}"): missed takes skip or once, not ${JSON.stringify(missed)}`);
}

/** The device of what is being handled. */
const here = () => current.getStore()?.event?.device ?? null;

/** Everything a plugin can do, as closures over its registry and its line to the host. */
export function makeBot(name: string, config: unknown, registry: Registry): PluginBot {
  const bot = {
    name,
    config,
    log,
    store: keyValues,
    command: (pattern: string, ...rest: [never] | [CommandOptions, never]) =>
      rest.length === 2 ? registry.command(pattern, ...rest) : registry.command(pattern, {}, rest[0]),
    on: (type: string, handler: never) =>
      void registry.subscriptions.push({ type, ...registry.at(`on ${type}`, handler, "({ data }) => …") }),
    burst: (...given: [never] | [BurstOptions, never]) =>
      given.length === 2 ? registry.gather(...given) : registry.gather({}, given[0]),
    use: (handler: never) =>
      void registry.middleware.push(registry.at("middleware", handler, "(message, next) => next()")),
    answer: (key: string, handler: never) =>
      void registry.answers.set(key, registry.at(`answer ${key}`, handler, "({ text, reply }) => reply(text)")),
    send: sendKeyed,
    typing: showTyping,
    every: (cron: string, ...rest: [never] | [EveryOptions, never]) => {
      const [options, handler] = rest.length === 2 ? rest : [{}, rest[0]];
      checkSchedule(cron, options);
      registry.schedules.push({ cron, options, ...registry.at(`every ${cron}`, handler, "({ at }) => …") });
    },
    fetch: hostFetch,
    http: (method: string, path: string, handler: never) => registry.route(method, path, handler),
    outgoing: (handler: never, options?: OutgoingOptions) => registry.hook(handler, options),
    closing: (handler: never) => void registry.closings.push(registry.at("closing", handler, "() => …")),
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
    media: (id: string) => call("media", id),
    groups: {
      members: (group: string) => call("groups.members", { device: here(), group }),
      change: (group: string, action: MemberAction, members: readonly string[]) =>
        call("groups.change", { device: here(), group, action, members: [...members] }),
    },
    sleep: async (seconds: number) => void (await call("sleep", seconds)),
    now: async () => new Date(await call("now", null)),
  };
  return strict(bot) as unknown as PluginBot;
}

const messageWords = ["reply", "react", "ask", "text", "args", "tr"];
const absent = (name: string, powers: string[]) =>
  messageWords.includes(name) ? `"${name}" comes with a message: ({ ${name} }) => …` : noSuch("power", name, powers);

/** A name that is not there says so where it is asked for, not where it is called. */
function strict<T extends object>(bot: T): T {
  return new Proxy(bot, {
    get(target, name) {
      if (typeof name === "string" && !(name in target) && !["then", "toJSON"].includes(name))
        throw new Error(`bot: ${absent(name, Object.keys(target))}`);
      return Reflect.get(target, name) as unknown;
    },
  });
}
