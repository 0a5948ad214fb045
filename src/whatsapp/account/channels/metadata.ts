import { type Channel, channelRoles, type ChannelRole } from "../../../core/model/message/channel.ts";
import { Failure } from "../../../core/base/failure.ts";
import { some } from "../../codec/convert/fields.ts";

/** A channel as WhatsApp's GraphQL answers it. Numbers come as numbers or as text; anything may be missing. */
export interface ChannelMetadata {
  id?: unknown;
  mute?: unknown;
  state?: { type?: unknown } | null;
  thread_metadata?: {
    name?: { text?: unknown } | null;
    description?: { text?: unknown } | null;
    picture?: { direct_path?: unknown } | null;
    preview?: { direct_path?: unknown } | null;
    invite?: unknown;
    subscribers_count?: unknown;
    verification?: unknown;
    creation_time?: unknown;
  } | null;
  viewer_metadata?: { role?: unknown; mute?: unknown } | null;
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const number = (value: unknown): number | null =>
  typeof value === "string" || typeof value === "number" ? (some(value) ?? 0) : null;
const lower = (value: unknown): string => (text(value) ?? "").toLowerCase();

const pictureHost = "https://pps.whatsapp.net";

/** Throws `refused` when it is no channel. */
export function channelOf(answer: unknown): Channel {
  const found = (typeof answer === "object" && answer !== null ? answer : {}) as ChannelMetadata;
  const id = text(found.id);
  if (!id?.endsWith("@newsletter")) throw new Failure("refused", "WhatsApp's answer names no channel.");
  const { thread_metadata: thread, viewer_metadata: viewer, state } = found;
  const path = text(thread?.picture?.direct_path) ?? text(thread?.preview?.direct_path);
  return {
    id,
    name: text(thread?.name?.text) ?? "",
    description: text(thread?.description?.text),
    invite: text(thread?.invite),
    subscribers: number(thread?.subscribers_count),
    verified: lower(thread?.verification) === "verified",
    state: lower(state?.type) || "active",
    createdAt: number(thread?.creation_time) || null,
    picture: path === null ? null : `${pictureHost}${path}`,
    role: roleOf(viewer?.role),
    muted: lower(viewer?.mute) === "on",
  };
}

export function roleOf(value: unknown): ChannelRole {
  return channelRoles.find((role) => role === lower(value)) ?? "guest";
}
