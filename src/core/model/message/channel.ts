import type { Content, Context } from "../content/content.ts";

/** What the account is in a channel; `guest` only looks. */
export const channelRoles = ["owner", "admin", "subscriber", "guest"] as const;
export type ChannelRole = (typeof channelRoles)[number];

/** A post, as WhatsApp names it. */
export interface PostName {
  channel: string;
  /** WhatsApp's message id: edits and deletions go by it. */
  id: string;
  /** The channel's own number of it: reactions and paging go by it. Null when it is not told. */
  serverId: number | null;
}

export interface ChannelPost extends PostName {
  fromMe: boolean;
  /** Unix seconds. */
  timestamp: number;
  content: Content;
  context: Context;
}

/** A post as the channel shows it: with what people made of it. */
export interface ShownPost extends ChannelPost {
  views: number | null;
  reactions: { emoji: string; count: number }[];
}

export interface Channel {
  /** `1203…@newsletter`. */
  id: string;
  name: string;
  description: string | null;
  /** The code of its link, `https://whatsapp.com/channel/<code>`. */
  invite: string | null;
  subscribers: number | null;
  verified: boolean;
  /** In WhatsApp's words. */
  state: string;
  /** Unix seconds. */
  createdAt: number | null;
  /** Where its picture is, on WhatsApp's file servers; null without one. */
  picture: string | null;
  role: ChannelRole;
  muted: boolean;
}
