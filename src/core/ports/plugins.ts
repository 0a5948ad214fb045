import type { BotEvent } from "../model/events/events.ts";

/** One plugin, as those who administer it see it. */
export interface PluginSummary {
  name: string;
  description: string;
  state: "loading" | "running" | "off" | "failed" | "restarting" | "disabled";
  /** What it may do beyond replying. */
  permissions: string[];
  /** Why it failed or was disabled. */
  problem: string | null;
}

/** Where a plugin is on; null is everywhere. */
export interface PluginScope {
  devices: string[] | null;
  chats: string[] | null;
  /** Never in these chats. */
  except: string[];
}

/** A command as people see it. */
export interface PluginCommand {
  name: string;
  /** `<city> [days]`. */
  usage: string;
  description: string;
}

/** Something that a plugin did wrong. */
export interface PluginFaultNote {
  /** Milliseconds since 1970. */
  at: number;
  /** What was done about it; `offered_again` is the event that its handler threw at. */
  action: "restarted" | "disabled" | "not_loaded" | "offered_again";
  reason: string;
  /** `plugins/weather.ts:12`, or null when nobody can know. */
  place: string | null;
}

/** What a plugin registered, did and keeps. */
export interface PluginFacts {
  /** Of one that is off: what stands in its source. */
  commands: PluginCommand[];
  /** Below `/plugins/<name>`. */
  routes: { method: string; path: string }[];
  schedules: { cron: string; zone: string; next: number | null }[];
  /** Events that it hears. */
  hears: string[];
  /** How many entries it keeps. */
  stored: number;
  /** Since the bot began, newest first. */
  faults: PluginFaultNote[];
  /** Where it was added from by an address. */
  origin: { url: string; path: string | null; hash: string } | null;
}

/** One that comes with the bot. */
export interface BundledPlugin {
  name: string;
  description: string;
  permissions: string[];
  commands: PluginCommand[];
  /** It is in the folder already. */
  added: boolean;
}

export interface PluginDetails extends PluginSummary, PluginFacts {
  file: string;
  version: string | null;
  /** Each setting as data: type, description, default, bounds; a form can be made of it. */
  settings: Record<string, object>;
  /** Secrets masked; what is not set yet is null. */
  values: Record<string, unknown>;
  scope: PluginScope;
}

/** The plugins of this bot. Every method throws `not_found` for a name nobody has. */
export interface Plugins {
  /** Tells that a plugin is in another state, came or went, until the returned function is called. */
  listen(hear: () => void): () => void;
  list(): PluginSummary[];
  details(name: string): Promise<PluginDetails>;
  /** Every one that comes with the bot. */
  bundled(): BundledPlugin[];
  /** Puts one that comes with the bot into the folder. Throws `not_found`, `conflict`. */
  add(name: string): Promise<void>;
  /** What it keeps, by key, whose keys begin with `prefix`. */
  entries(name: string, prefix: string, limit: number): Promise<{ key: string; value: unknown }[]>;
  /** Starts it, now and after every restart. Throws `conflict` with the reason when it does not start. */
  enable(name: string): Promise<void>;
  disable(name: string): Promise<void>;
  /** Stops it, deletes its file or folder and, unless told to keep it, everything it stored, settings too. */
  uninstall(name: string, options?: { keepData?: boolean }): Promise<void>;
  /** Sets some settings; null takes one back. Throws `invalid` and keeps what was when the whole does not fit. */
  configure(name: string, values: Record<string, unknown>): Promise<void>;
  place(name: string, scope: PluginScope): Promise<void>;
  /** Hands one logged event to one plugin again, now. What it sent for it before is not sent twice. */
  replay(name: string, event: BotEvent): Promise<{ ok: boolean; error?: string }>;
  /** Answers a request to `/plugins/<name>/…`. Throws `not_found`, `too_large`, `unavailable`. */
  handle(request: Request): Promise<Response>;
}
