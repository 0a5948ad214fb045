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

export interface PluginDetails extends PluginSummary {
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
  list(): PluginSummary[];
  details(name: string): Promise<PluginDetails>;
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
