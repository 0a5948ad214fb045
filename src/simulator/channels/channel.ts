import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Picture, User } from "../accounts/user.ts";
import type { MessageContent } from "../content/content.ts";

/** A post; `content` is undefined once it was deleted. */
export interface StoredPost {
  /** The id of the stanza it came in; edits and deletions go by it. */
  readonly id: string;
  /** The channel's own number of it, from 100; reactions and paging go by it. */
  readonly serverId: number;
  /** Unix seconds. */
  readonly at: string;
  readonly by: User;
  content: MessageContent | undefined;
  /** What the server was told to call its file. */
  mediaHandle: string | undefined;
  /** Unix milliseconds. */
  editedAt: number | undefined;
  views: number;
  readonly reactions: Map<User, string>;
}

export type FollowerRole = "owner" | "admin" | "subscriber" | "guest";

/** A channel ("newsletter") as the server knows it. */
export class SimulatedChannel {
  /** `1203…@newsletter`. */
  readonly jid: string;
  readonly invite: string;
  /** Unix seconds. */
  readonly creation: string;
  owner: User;
  name: string;
  description: string;
  picture: Picture | undefined;
  deleted = false;
  readonly admins = new Set<User>();
  /** Who follows it, and whether they want it quiet. */
  readonly followers = new Map<User, { muted: boolean }>();
  readonly posts: StoredPost[] = [];
  /** Devices that are told of every reaction, for a while. */
  readonly watchers = new Set<LinkedDevice>();

  constructor(parts: {
    jid: string;
    invite: string;
    creation: string;
    owner: User;
    name: string;
    description: string;
  }) {
    this.jid = parts.jid;
    this.invite = parts.invite;
    this.creation = parts.creation;
    this.owner = parts.owner;
    this.name = parts.name;
    this.description = parts.description;
  }

  role(user: User): FollowerRole {
    if (user === this.owner) return "owner";
    if (this.admins.has(user)) return "admin";
    return this.followers.has(user) ? "subscriber" : "guest";
  }

  runs(user: User): boolean {
    return user === this.owner || this.admins.has(user);
  }

  /** Everyone who is told what happens in it. */
  get audience(): User[] {
    return [...new Set([this.owner, ...this.admins, ...this.followers.keys()])];
  }

  post(id: string): StoredPost | undefined {
    return this.posts.find((one) => one.id === id);
  }

  numbered(serverId: string | undefined): StoredPost | undefined {
    return this.posts.find((one) => String(one.serverId) === serverId);
  }
}
