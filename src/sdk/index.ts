/** What a plugin imports: `import { plugin, t } from "merpati"`. */
import type { PluginBot } from "./bot.ts";
import type { Fields, Values } from "./fields.ts";
import type { Permission } from "./permission.ts";
import type { Texts } from "./texts.ts";

export type * from "./bot.ts";
export type * from "./command.ts";
export type * from "./context.ts";
export { t } from "./fields.ts";
export type { Field, Fields, Values } from "./fields.ts";
export type { Permission } from "./permission.ts";
export { nearest } from "../core/base/nearest.ts";
export { Refusal } from "./refusal.ts";
export type { Texts } from "./texts.ts";
export type { BotEvent, EventData, EventType } from "../core/model/events/events.ts";
export type { Content, ContentKind } from "../core/model/content/content.ts";
export type { DraftContent } from "../core/model/content/draft.ts";

/** A plugin, whole. Only `name` and `setup` are needed. */
export interface PluginDefinition<C extends Fields = Fields> {
  /** `^[a-z][a-z0-9-]{0,31}$`: names its data, its routes and its log lines. */
  name: string;
  /** One sentence, shown in lists and in `!help`. */
  description?: string;
  version?: string;
  /** What an administrator may set; values arrive checked in `bot.config`. */
  config?: C;
  /** What it may do beyond answering whoever wrote to it. Shown before it is enabled, enforced on every call. */
  permissions?: readonly Permission[];
  /** False: it does nothing until an administrator enables it. Default true. */
  enabled?: boolean;
  /**
   * How many seconds a handler may take of its own (time spent waiting for `send`, `fetch`, `store` and the like does
   * not count) before the plugin is stopped and started anew. 0.5 to 300, default 1.5.
   */
  patience?: number;
  /** Texts by language, for `tr`. */
  texts?: Texts;
  /** Runs once at load. Everything made through `bot` ends with the plugin. */
  setup(bot: PluginBot<Values<C>>): void | Promise<void>;
}

/** Names the type of a plugin's definition, so that `bot.config` and every handler are typed. */
export function plugin<const C extends Fields = Fields>(definition: PluginDefinition<C>): PluginDefinition<C> {
  return definition;
}
