import type { Clock } from "../../core/base/clock.ts";
import type { BotEvent, NewEvent } from "../../core/model/events/events.ts";
import type { Log } from "../../core/base/log.ts";
import type { Draft } from "../../core/model/message/message.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";
import type { SafeFetch } from "../../core/base/safe-fetch.ts";
import type { Registered } from "./protocol.ts";
import type { GroupMember, MediaFile, MemberAction, Sent, Typing } from "./words.ts";

/** Everything the host may touch of the bot: ports, handed in by main.ts. */
export interface PluginServices {
  readonly log: Log;
  readonly clock: Clock;
  readonly data: PluginData;
  /** Queues a message on a device of the home tenant. The same key and draft is the same message. */
  send(device: string, draft: Draft, idempotencyKey: string): Promise<Sent>;
  /** Shows the account as typing in a chat. Absent where there is no WhatsApp. */
  typing?(device: string, chat: string, state: Typing): Promise<void>;
  /** Goes out through the guard: never into the bot's own network. */
  readonly fetch: SafeFetch["send"];
  /** The bytes of a file that came in a message. Throws `not_found`, `gone`. Absent where there is no WhatsApp. */
  media?(id: string): Promise<MediaFile>;
  /** Absent where there is no WhatsApp. */
  readonly groups?: PluginGroups;
  /** Writes down what a plugin did to a device or a plugin. */
  acted?(plugin: string, action: string, subject: string): void;
  /** Tells the world that a plugin was stopped or disabled. */
  tell?(fault: PluginFaultNotice): void;
}

export interface PluginGroups {
  members(device: string, group: string): Promise<GroupMember[]>;
  change(
    device: string,
    group: string,
    action: MemberAction,
    members: string[],
  ): Promise<{ jid: string; ok: boolean }[]>;
}

export interface PluginFaultNotice {
  plugin: string;
  /** What was done about it. */
  action: "restarted" | "disabled" | "not_loaded";
  kind: FaultKind;
  reason: string;
  /** `plugins/weather.ts:12`, or null when nobody can know. */
  place: string | null;
}

/** What a plugin can do wrong. */
export type FaultKind = "load" | "throw" | "crash" | "exit" | "stuck" | "hung" | "memory" | "flood";

/** How an attempt to deliver an event to a plugin ended. */
export interface PluginOutcome {
  ok: boolean;
  error?: string;
  /** Milliseconds to wait before the next attempt. */
  retryAfter?: number;
  /** Trying again is pointless. */
  final?: boolean;
}

/** Where the host says which events it is owed, and how they are handed over: durable, in order per chat. */
export interface PluginDeliveries {
  join(plugin: string, target: PluginTarget): void;
  leave(plugin: string): void;
}

export interface PluginTarget {
  /** Asked before the ledger's transaction: quick, never throws. `device` is the id its tenant knows. */
  wants(event: Pick<NewEvent, "type" | "data">, device: string | null): boolean;
  /** Never rejects. `failures`: how many attempts at this event failed before. */
  deliver(event: BotEvent, failures: number): Promise<PluginOutcome>;
  /** Null: it does not ask for what a chat wrote as one. */
  burst: PluginBurst | null;
}

/** What one chat wrote before it paused, owed to a plugin beside what it hears at once. */
export interface PluginBurst {
  rule: NonNullable<Registered["burst"]>;
  /** As of a target. */
  wants: PluginTarget["wants"];
  /** In order. Never rejects. */
  deliver(events: readonly BotEvent[], failures: number): Promise<PluginOutcome>;
}
