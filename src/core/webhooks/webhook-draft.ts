import { Failure } from "../base/failure.ts";
import type { BatchRule, BurstRule, Endpoint } from "../ports/endpoint.ts";
import type { ChatKind } from "../model/recipient.ts";
import { eventFilters } from "../model/events/targets.ts";
import { secretBytes } from "./webhook-secret.ts";

/** What a caller may say of a webhook. */
export interface WebhookDraft {
  url: string;
  description?: string | null;
  /** `message.*`, `device.connected`, `*`; without it everything. */
  events?: readonly string[];
  /** Ids of devices; null or nothing is every device. */
  devices?: readonly string[] | null;
  /** Sent with every delivery. */
  headers?: Readonly<Record<string, string>>;
  /** True: what it answers to an event is sent into the chat of the event. */
  replies?: boolean;
  /** True: events of messages carry the message as WhatsApp has it. */
  raw?: boolean;
  /** Up to so many events come as one list, the first of them after `wait_ms`; null: each alone. */
  batch?: Partial<BatchRule> | null;
  /** What one chat writes comes as one list once it pauses; null: each alone. */
  burst?: Partial<BurstRule> | null;
  /** Files of up to so many kilobytes stand in the event, in base64. */
  inline_kb?: number;
  /** Only devices of these groups; null or nothing is every device. */
  device_groups?: readonly string[] | null;
  /** `person`, `group`, `channel`, `status`; null: all. */
  chats?: readonly ChatKind[] | null;
  /** Only when it is made; later it is rotated. */
  secret?: string;
}

/** Ours, or the connection's: a custom header cannot be one of them. */
const reserved = /^(host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*)$/;
const ours = /^(webhook-.*|x-webhook-.*|user-agent)$/;
const mostHeaders = 32;

/** Throws `invalid` naming the field, the fault and the fix. What is absent is not looked at. */
export function checkDraft(draft: Partial<WebhookDraft>): void {
  const { url, description, events, devices, device_groups: groups, headers, secret } = draft;
  if (url !== undefined) checkUrl(url);
  if (description != null && description.length > 256) throw invalid("description", "takes at most 256 characters");
  if (events !== undefined) eventFilters(events);
  if (devices != null) checkNames("devices", devices, 'ids of devices, like ["shop-1"]');
  if (groups != null) checkNames("device_groups", groups, 'groups of devices, like ["jakarta"]');
  if (headers !== undefined) checkHeaders(headers);
  if (secret !== undefined) secretBytes(secret);
}

/** A rule of which nothing but its name need be said. */
export const batchRule = (given: Partial<BatchRule>): BatchRule => ({ events: 100, wait_ms: 1_000, ...given });

/** The longest wait follows from the pause. Throws `invalid`. */
export function burstRule({ pause_ms = 3_000, longest_ms, events = 100 }: Partial<BurstRule>): BurstRule {
  const longest = longest_ms ?? Math.min(10 * pause_ms, 300_000);
  if (longest < pause_ms) throw invalid("burst.longest_ms", `lies below burst.pause_ms, ${pause_ms}: give more`);
  return { pause_ms, longest_ms: longest, events };
}

/** Throws `invalid` for what does not go together. */
export function checkShape({ batch, burst, replies }: Pick<Endpoint, "batch" | "burst" | "replies">): void {
  if (batch !== null && burst !== null) throw invalid("burst", "does not go with batch: leave one of them out");
  if (batch !== null && replies)
    throw invalid("batch", "does not go with replies, which are for one chat: use burst, or leave one of them out");
}

function checkUrl(text: string): void {
  // What a URL drops in silence, line breaks say, would still be shown and printed.
  const url = /^[^\s\p{Cc}]{1,2048}$/u.test(text) ? URL.parse(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    const takes = "takes an address like https://example.com/hook, without spaces or a user name";
    throw invalid("url", `${takes}, up to 2048 characters`);
  }
  if (url.port === "0") throw invalid("url", "has port 0, where nobody can listen; use the receiver's port");
}

function checkNames(field: "devices" | "device_groups", names: readonly string[], what: string): void {
  const wrong = names.find((name) => !/^[A-Za-z0-9_-]{1,64}$/.test(name));
  if (wrong !== undefined || names.length === 0 || names.length > 1000)
    throw invalid(field, `takes 1 to 1000 ${what}; leave it out for every device`);
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const entries = Object.entries(headers);
  if (entries.length > mostHeaders) throw invalid("headers", `takes at most ${mostHeaders} headers`);
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const field = `headers.${name}`;
    const lower = name.toLowerCase();
    // A list comes as an object with numbers for names.
    if (/^\d+$/.test(name)) throw invalid("headers", 'takes an object like { "x-my-key": "…" }, not a list');
    if (seen.has(lower)) throw invalid(field, "is given twice: HTTP does not tell upper and lower case apart");
    seen.add(lower);
    if (!/^[\w!#$%&'*+.^`|~-]{1,128}$/.test(name)) throw invalid("headers", `has a name that HTTP forbids: "${name}"`);
    if (reserved.test(lower) || ours.test(lower)) throw invalid(field, "is set by Merpati itself; use another name");
    if (!/^[\t\x20-\x7e]{0,4096}$/.test(value)) throw invalid(field, "takes up to 4096 visible ASCII characters");
  }
}

function invalid(field: string, sentence: string): Failure {
  return new Failure("invalid", `${field} ${sentence}.`, { field });
}
