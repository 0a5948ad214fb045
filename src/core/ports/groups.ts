import type { Scope } from "../model/scopes.ts";

export const groupRoles = ["member", "admin", "owner"] as const;

/** A person as WhatsApp names them; the other JID when it is known. */
export interface Named {
  jid: string;
  /** Digits with country code. */
  phone: string | null;
  lid: string | null;
  username: string | null;
}

export interface Member extends Named {
  role: (typeof groupRoles)[number];
}

export interface Group {
  /** `1203…@g.us`. */
  id: string;
  subject: string;
  description: string | null;
  owner: string | null;
  /** Unix seconds. */
  createdAt: number | null;
  /** Only admins write. */
  announceOnly: boolean;
  /** Only admins change subject, description and picture. */
  locked: boolean;
  /** Whoever comes by the link waits for an admin. */
  joinApproval: boolean;
  /** Members may add others, not only admins. */
  membersAdd: boolean;
  /** Seconds after which messages disappear; 0 is never. */
  timer: number;
  community: boolean;
  /** The community this group belongs to. */
  parent: string | null;
  /** The group in which a community's admins tell all its members. */
  announcements: boolean;
  size: number;
  members: Member[];
}

export type GroupSettings = Partial<Pick<Group, "announceOnly" | "locked" | "joinApproval" | "membersAdd" | "timer">>;
export const memberActions = ["add", "remove", "promote", "demote"] as const;
export type GroupMemberAction = (typeof memberActions)[number];

/** What became of one person in a change of members. */
export interface MemberResult extends Named {
  ok: boolean;
  /** WhatsApp's number, 200 when it is done. */
  code: number;
  /** Why not, for people. */
  reason: string | null;
  /** Who may not be added can be invited: a message of the kind `group_invite` takes this. */
  invite: { code: string; expiresAt: number | null } | null;
}

/** A group that was made, and who could not be put into it. */
export interface MadeGroup {
  group: Group;
  refused: MemberResult[];
}

/** A personal invitation, as a message of the kind `group_invite` brings it. */
export interface Invitation {
  group: string;
  code: string;
  /** Who sent it. */
  from: string;
  /** Unix seconds. */
  expiresAt: number;
}

/** The group that was joined; `pending` when its admins have to let us in first. */
export interface Joined {
  id: string;
  pending: boolean;
}

export interface JoinRequest extends Named {
  /** Unix seconds. */
  requestedAt: number | null;
}

/** What one can do with groups. `id` is a group's JID, people are JIDs; throws `refused`, `timeout`, `unavailable`. */
export interface GroupCalls {
  list(): Promise<Group[]>;
  get(id: string): Promise<Group>;
  /** In a community when one is named. */
  create(subject: string, members: string[], community?: string): Promise<MadeGroup>;
  rename(id: string, subject: string): Promise<void>;
  describe(id: string, description: string | null): Promise<void>;
  /** JPEG; null takes the picture away. */
  picture(id: string, jpeg: Uint8Array | null): Promise<void>;
  change(id: string, action: GroupMemberAction, members: string[]): Promise<MemberResult[]>;
  settings(id: string, settings: GroupSettings): Promise<void>;
  invite(id: string): Promise<string>;
  revokeInvite(id: string): Promise<string>;
  /** What a link leads to, without joining. */
  preview(code: string): Promise<Group>;
  /** Joins by a link. */
  join(code: string): Promise<Joined>;
  /** Joins by a personal invitation. */
  accept(invitation: Invitation): Promise<void>;
  requests(id: string): Promise<JoinRequest[]>;
  decide(id: string, verdict: "approve" | "reject", members: string[]): Promise<MemberResult[]>;
  leave(id: string): Promise<void>;
}

export const groupScopes: Record<keyof GroupCalls, Scope> = {
  list: "read",
  get: "read",
  create: "manage",
  rename: "manage",
  describe: "manage",
  picture: "manage",
  change: "manage",
  settings: "manage",
  invite: "read",
  revokeInvite: "manage",
  preview: "read",
  join: "manage",
  accept: "manage",
  requests: "read",
  decide: "manage",
  leave: "manage",
};
