import type { FailureCode } from "../../core/base/failure.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import type { DraftContent, DraftContext, DraftOptions } from "../../core/model/content/draft.ts";
import type {
  CommandInfo,
  CommandOptions,
  EveryOptions,
  FieldShape,
  GroupMember,
  MediaFile,
  MemberAction,
  OutgoingDraft,
  PluginInfo,
  Role,
  Sent,
  Texts,
  Typing,
} from "./words.ts";

/** What is said between the host and a plugin's worker. Everything here survives structured cloning. */

/** What went wrong in a plugin, and where: the first frame of its own files. */
export interface Problem {
  message: string;
  /** Absolute. */
  file: string | null;
  line: number | null;
  /** Shown to the user when a command throws a `Refusal`. */
  refusal?: string;
}

/** What a plugin says about itself before it may do anything. */
export interface Manifest {
  name: string;
  description: string;
  version: string | null;
  config: Record<string, FieldShape>;
  permissions: string[];
  /** False: off until an administrator enables it. */
  enabled: boolean;
  /** Milliseconds of its own time a handler may take. */
  patience: number;
  texts: Texts;
}

/** Where in the plugin's files something was registered, for what never comes back. */
export interface Site {
  what: string;
  file: string | null;
  line: number | null;
}

export interface CommandEntry extends CommandInfo {
  guard: Pick<CommandOptions, "allow" | "cooldown">;
  hidden: boolean;
}

/** What `setup` registered. */
export interface Registered {
  /** Event types, `message.<kind>`s and `command.unknown`, where they have a handler. */
  subscribedTo: string[];
  commands: CommandEntry[];
  schedules: { cron: string; options: EveryOptions }[];
  routes: { method: string; path: string }[];
  /** How what one chat writes is put together, in milliseconds; null: it is not. */
  burst: { pause: number; longest: number; most: number } | null;
  /** What is done with a message when a hook fails; null without hooks. */
  outgoing: "pass" | "refuse" | null;
  /** Indexed by the second word of the beat. */
  sites: Site[];
}

/** How an event came to this plugin. */
export type Match =
  | { by: "command"; command: string; prefix: string; rest: string }
  | { by: "answer"; name: string; carry: unknown }
  /** What one chat wrote, in order; the work's event is the last of them. */
  | { by: "burst"; events: readonly BotEvent<"message.received">[] }
  /** `as`: what the message is heard as besides its event's type. */
  | { by: "subscription"; as: readonly string[] };

export type Work =
  | { kind: "event"; event: BotEvent; match: Match; languages: string[] }
  | { kind: "schedule"; index: number; at: number }
  | { kind: "http"; index: number; params: Record<string, string>; request: WireRequest }
  | { kind: "outgoing"; draft: OutgoingDraft };

export interface WireRequest {
  method: string;
  url: string;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer> | null;
}
export interface WireResponse {
  status: number;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}

/** What a worker may ask of the host: `[arguments, answer]` by method. */
export interface RpcMethods {
  send: [
    { to: string; content: DraftContent; context: DraftContext & DraftOptions; device: string | null; key: string },
    Sent,
  ];
  typing: [{ to: string; state: Typing; device: string | null }, null];
  speak: [string | null, null];
  ask: [{ question: DraftContent; key: string; answer: string; carry: unknown; seconds: number }, null];
  role: [null, Role];
  "store.get": [string, unknown];
  "store.set": [{ key: string; value: unknown }, null];
  "store.delete": [string, boolean];
  "store.list": [string, { key: string; value: unknown }[]];
  fetch: [WireRequest, { status: number; headers: [string, string][]; url: string; body: number }];
  "fetch.read": [number, Uint8Array<ArrayBuffer> | null];
  "fetch.cancel": [number, null];
  media: [string, MediaFile];
  "groups.members": [{ device: string | null; group: string }, GroupMember[]];
  "groups.change": [
    { device: string | null; group: string; action: MemberAction; members: string[] },
    { jid: string; ok: boolean }[],
  ];
  commands: [null, { prefixes: string[]; commands: CommandInfo[] }];
  "plugins.list": [null, PluginInfo[]];
  "plugins.enable": [{ name: string; chat: string | null }, null];
  "plugins.disable": [{ name: string; chat: string | null }, null];
  "plugins.uninstall": [{ name: string; keepData: boolean }, null];
  sleep: [number, null];
  now: [null, number];
}
export type Method = keyof RpcMethods;
export type RpcCall = { [M in Method]: { method: M; args: RpcMethods[M][0] } }[Method];

export type ToWorker =
  /** Once in a thread's life. */
  | { type: "begin"; root: string; beat: SharedArrayBuffer }
  /** `system`: it may reach the machine by the runtime's own means. */
  | { type: "load"; file: string; system: boolean }
  | { type: "setup"; config: unknown }
  | { type: "work"; job: number; work: Work }
  /** The version ends: close what it opened, and run its `closing` before if it ends well. */
  | { type: "close"; closing: boolean }
  | { type: "answer"; call: number; value: unknown }
  /** The host looks often from now on. */
  | { type: "watched" }
  | { type: "refuse"; call: number; code: FailureCode; message: string };

export type FromWorker =
  | { type: "loaded"; manifest: Manifest }
  | { type: "ready"; registered: Registered }
  | { type: "broken"; problem: Problem }
  /** It called `process.exit`, or let an error escape. */
  | { type: "fell"; as: "exit" | "crash"; problem: Problem }
  /** `clean`: the next version cannot tell that this one was there; `problem`: what its `closing` threw. */
  | { type: "closed"; problem: Problem | null }
  | { type: "done"; job: number; value: unknown }
  | { type: "failed"; job: number; problem: Problem }
  | ({ type: "call"; call: number; job: number | null } & RpcCall)
  | { type: "log"; level: "debug" | "info" | "warn" | "error"; sentence: string; fields: Record<string, unknown> };

/**
 * The shared beat: how often the worker's loop turned, which site it entered last (−1 none), its heap in KB, the
 * kernel's number of its thread (0: unknown), and 1 while the host looks often. The worker counts a turn every `every`
 * milliseconds then, and every `seldom` else; whatever the host says to it makes it count at once.
 */
export const beat = {
  turns: 0,
  site: 1,
  heap: 2,
  thread: 3,
  watched: 4,
  bytes: 20,
  every: 200,
  seldom: 1_000,
} as const;
