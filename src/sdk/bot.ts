import type { ContentKind } from "../core/model/content/content.ts";
import type { EventType } from "../core/model/events/events.ts";
import type { DraftContent, DraftContext, DraftOptions } from "../core/model/content/draft.ts";
import type { CommandHandler, CommandInfo, CommandOptions } from "./command.ts";
import type { BurstContext, EventContext, MessageContext, Next, Say, Sent, Typing } from "./context.ts";

/** A kind of message somebody else sent: `message.text`, `message.image`, … */
export type MessageKind = `message.${ContentKind}`;
/** A message somebody else sent that begins like a command, and is none. */
export type UnknownCommand = "command.unknown";
type KindOf<E> = E extends `message.${infer K extends ContentKind}` ? K : never;

/** What a handler of `E` is given. */
export type ContextOf<E extends EventType | MessageKind | UnknownCommand> = E extends MessageKind
  ? MessageContext<KindOf<E>>
  : E extends "message.received" | UnknownCommand
    ? MessageContext
    : E extends EventType
      ? EventContext<E>
      : never;

/** How something is said: all that the API takes beside the content (`view_once`, `max_wait`, `mentions_everyone`, …), and: */
export interface SendOptions extends Omit<DraftContext & DraftOptions, "reply_to" | "mentions" | "send_at"> {
  /** Which device sends; default the one the event came from, else `default`. */
  device?: string;
  /** Two sends with one key are one message. Default: derived from the event or run being handled. */
  key?: string;
  /** WhatsApp's id of the message to quote, as `data.id` has it. */
  quote?: NonNullable<DraftContext["reply_to"]>;
  /** JIDs or phone numbers named in the text as @number. */
  mentions?: readonly string[];
  /** When it is to leave, up to 365 days ahead: a date, or Unix seconds. Default at once. */
  at?: Date | number;
}

/** Keeps JSON values by key, this plugin's alone. Needs the permission `store`. */
export interface KeyValues {
  get<T = unknown>(this: void, key: string): Promise<T | null>;
  /** At most 64 KB as JSON. */
  set(this: void, key: string, value: unknown): Promise<void>;
  /** True when there was something. */
  delete(this: void, key: string): Promise<boolean>;
  /** Entries whose key begins with `prefix`, by key; at most 1,000. */
  list<T = unknown>(this: void, prefix?: string): Promise<{ key: string; value: T }[]>;
  /** Reads, changes and writes with nobody of this plugin in between. `undefined` deletes. */
  update<T>(this: void, key: string, change: (now: T | null) => T | undefined): Promise<T | undefined>;
}

export interface EveryOptions {
  /** An IANA zone such as `Asia/Jakarta`. Default the bot's. */
  zone?: string;
  /** A run that fell while the plugin was not running: `skip` it (default) or make up for it `once`. */
  missed?: "skip" | "once";
}

export interface BurstOptions {
  /** Seconds without a message that end it: 0.2 to 60. Default 3. */
  pause?: number;
  /** Seconds after which it is handed over though the chat goes on: up to 300. Default ten pauses. */
  longest?: number;
  /** At most so many messages: up to 100, the default. */
  most?: number;
}

/** A request to `/plugins/<name><path>`. */
export interface RouteRequest {
  readonly request: Request;
  readonly params: Record<string, string>;
}

/** What the bot is about to send, for whom. */
export interface OutgoingOptions {
  /** What is done with a message when the hook fails: it passes (the default) or is refused. */
  onError?: "pass" | "refuse";
}

export interface OutgoingDraft {
  readonly device: string;
  readonly to: string;
  readonly content: DraftContent;
  /** The plugin that sends it, or null: the API. */
  readonly plugin: string | null;
}

/** A file that came in a message. */
export interface MediaFile {
  bytes: Uint8Array<ArrayBuffer>;
  mime: string;
  name: string | null;
}

export type MemberAction = "add" | "remove" | "promote" | "demote";

export interface GroupMember {
  jid: string;
  /** Digits with country code, when known. */
  phone: string | null;
  lid: string | null;
  role: "member" | "admin" | "owner";
}

export interface PluginInfo {
  name: string;
  description: string;
  state: "loading" | "running" | "off" | "failed" | "restarting" | "disabled";
  permissions: string[];
  /** Why it failed or was disabled. */
  problem: string | null;
}

/** Everything a plugin can do. All of it may be destructured; all of it ends with the plugin. */
export interface PluginBot<Config = unknown> {
  readonly name: string;
  readonly config: Config;
  readonly log: {
    debug(this: void, sentence: string, fields?: Record<string, unknown>): void;
    info(this: void, sentence: string, fields?: Record<string, unknown>): void;
    warn(this: void, sentence: string, fields?: Record<string, unknown>): void;
    error(this: void, sentence: string, fields?: Record<string, unknown>): void;
  };
  readonly store: KeyValues;
  /** `command("weather <city:text> [days:int]", ({ args, reply }) => …)`. */
  command<const P extends string>(this: void, pattern: P, handler: CommandHandler<P>): void;
  command<const P extends string>(this: void, pattern: P, options: CommandOptions, handler: CommandHandler<P>): void;
  /**
   * Hears events. `message.received` is every message, the owner's own too; `message.<kind>` those of that kind that
   * others sent and no command or question took; `command.unknown` those of them that begin with a prefix. Ask for as
   * little as will do: what a plugin hears is written down for it and brought to it, message by message.
   */
  on<const E extends EventType | MessageKind | UnknownCommand>(
    this: void,
    type: E,
    handler: (context: ContextOf<E>) => unknown,
  ): void;
  /**
   * Hears what one chat wrote before it paused, as one: people write in several messages. Of what others sent and no command or
   * question took. Handed over again after a failure or a crash, then perhaps with what came meanwhile. One for each plugin.
   */
  burst(this: void, handler: (context: BurstContext) => unknown): void;
  burst(this: void, options: BurstOptions, handler: (context: BurstContext) => unknown): void;
  /** Runs around every message this plugin handles, in the order given. Not calling `next` stops there. */
  use(this: void, middleware: (context: MessageContext, next: Next) => unknown): void;
  /** Takes the answer to `context.ask(question, { answer: name })`. */
  answer<Carry = unknown>(this: void, name: string, handler: (context: MessageContext, carry: Carry) => unknown): void;
  /** Sends to a phone number, JID or group id. Needs the permission `send`, unless it is the chat being answered. */
  send(this: void, to: string, say: Say, options?: SendOptions): Promise<Sent>;
  /** Shows a device as typing in a chat; asks the permission that `send` asks. */
  typing(this: void, to: string, state?: Typing, device?: string): Promise<void>;
  /** A cron expression of five fields: `every("0 9 * * *", …)`. `at` is the time the run was planned for. */
  every(this: void, cron: string, handler: (run: { at: Date }) => unknown): void;
  every(this: void, cron: string, options: EveryOptions, handler: (run: { at: Date }) => unknown): void;
  /** Like the global one, to the hosts its `net:` permissions name and never into the bot's own network. */
  fetch(this: void, url: string | URL, init?: RequestInit): Promise<Response>;
  /** Answers `/plugins/<name><path>`; `:id` in the path is a parameter. Needs the permission `http`. */
  http(
    this: void,
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    handler: (ask: RouteRequest) => Response | Promise<Response>,
  ): void;
  /**
   * Sees everything the bot sends, once it is checked: returns other content, nothing to let it pass, or throws a `Refusal` to
   * stop it. With `{ onError: "refuse" }` it guards: while it fails, hangs or is not running, nothing is sent.
   */
  outgoing(
    this: void,
    hook: (draft: OutgoingDraft) => DraftContent | undefined | void | Promise<DraftContent | undefined | void>,
    options?: OutgoingOptions,
  ): void;
  /**
   * Runs when the plugin is disabled, reloaded or uninstalled, and when the bot stops, not after a fault. It has a second.
   * What was made through `bot`, timers and connections need none: they end with the plugin.
   */
  closing(this: void, handler: () => unknown): void;
  /** Every command there is, of every plugin, for `!help` and the like. */
  commands(this: void): Promise<{ prefixes: string[]; commands: CommandInfo[] }>;
  /** Plugins and their state; all but `list` need the permission `admin`. */
  readonly plugins: {
    list(this: void): Promise<PluginInfo[]>;
    /** With `chat`, only there. */
    enable(this: void, name: string, chat?: string): Promise<void>;
    disable(this: void, name: string, chat?: string): Promise<void>;
    /** Deletes its file or folder and, unless `keepData`, what it stored, settings too. */
    uninstall(this: void, name: string, options?: { keepData?: boolean }): Promise<void>;
  };
  /**
   * The file behind a `media_id`, fetched from WhatsApp when it is not here yet. Files of the message that is handled need
   * no permission, others `media`.
   */
  media(this: void, id: string): Promise<MediaFile>;
  /** Groups of the device the event came from, else of `default`. Needs the permission `groups`. */
  readonly groups: {
    members(this: void, group: string): Promise<GroupMember[]>;
    /** Adds, removes, promotes or demotes; the bot must be an admin. Tells for each whether it was done. */
    change(
      this: void,
      group: string,
      action: MemberAction,
      members: readonly string[],
    ): Promise<{ jid: string; ok: boolean }[]>;
  };
  /** Waits on the bot's clock (a test winds it by hand); at most 300 seconds. */
  sleep(this: void, seconds: number): Promise<void>;
  /** The bot's clock: the time. */
  now(this: void): Promise<Date>;
}
