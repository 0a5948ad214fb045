import type { Scope } from "../model/scopes.ts";
import type { ChannelRole, ShownPost, Channel } from "../model/message/channel.ts";

export interface ChannelChange {
  name?: string;
  description?: string | null;
  /** JPEG; null takes the picture away. */
  picture?: Uint8Array | null;
}

export interface PostQuery {
  limit: number;
  /** Only those before the post with this number. */
  before: number | null;
}

/** Somebody who runs a channel, or follows it. */
export interface Follower {
  jid: string;
  /** Digits with country code, when it is shown to us. */
  phone: string | null;
  lid: string | null;
  name: string | null;
  role: ChannelRole;
}

/** What one can do with channels. `id` is a channel's JID, people are JIDs; throws `refused`, `not_found`, `timeout`, `unavailable`. */
export interface ChannelCalls {
  /** Those this account follows or runs. */
  list(): Promise<Channel[]>;
  get(id: string): Promise<Channel>;
  /** What a link leads to, without following. */
  preview(invite: string): Promise<Channel>;
  /** Public channels by their name. */
  search(words: string, limit: number): Promise<Channel[]>;
  create(name: string, description: string | null): Promise<Channel>;
  update(id: string, change: ChannelChange): Promise<void>;
  /** For everybody, for good. */
  remove(id: string): Promise<void>;
  follow(id: string): Promise<void>;
  unfollow(id: string): Promise<void>;
  mute(id: string, muted: boolean): Promise<void>;
  /** Newest first. */
  posts(id: string, query: PostQuery): Promise<PostPage>;
  /** Makes WhatsApp tell what becomes of its posts, for a while; resolves to how many seconds. */
  watch(id: string): Promise<number>;
  /** How many run it. */
  admins(id: string): Promise<number>;
  followers(id: string, limit: number): Promise<Follower[]>;
  /** Gives it to somebody else who runs it. */
  hand(id: string, person: string): Promise<void>;
  /** Makes somebody who runs it a follower. */
  demote(id: string, person: string): Promise<void>;
}

/** Posts with what is to be remembered of them. */
export interface PostPage {
  posts: ShownPost[];
  /** By the post's id: the message as WhatsApp has it, and where its file is. */
  wires: ReadonlyMap<string, { wire: Uint8Array; remote: string | null }>;
}

export const channelScopes: Record<keyof ChannelCalls, Scope> = {
  list: "read",
  get: "read",
  preview: "read",
  search: "read",
  create: "manage",
  update: "manage",
  remove: "manage",
  follow: "manage",
  unfollow: "manage",
  mute: "manage",
  posts: "read",
  watch: "read",
  admins: "read",
  followers: "read",
  hand: "manage",
  demote: "manage",
};
