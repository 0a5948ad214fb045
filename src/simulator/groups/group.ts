import type { Picture, User } from "../accounts/user.ts";
import type { Addressing } from "../wire/address.ts";

export type MemberRole = "member" | "admin" | "superadmin";

/** What admins may switch, by the names the wire has for "on". */
export type GroupSwitch = "announcement" | "locked";

export interface Description {
  readonly id: string;
  readonly body: string;
  readonly by: User;
  /** Unix seconds. */
  readonly at: string;
}

/** A group as the server knows it. */
export class SimulatedGroup {
  /** `1203…@g.us`. */
  readonly jid: string;
  /** How members are named in it: by LID in groups of today, by phone number in old ones. */
  addressing: Addressing;
  readonly creator: User;
  /** Unix seconds. */
  readonly creation: string;
  subject: string;
  subjectBy: User;
  description: Description | undefined;
  readonly members = new Map<User, MemberRole>();
  /** Announcement: only admins write. Locked: only admins change subject and description. */
  readonly switches = new Set<GroupSwitch>();
  /** Disappearing messages, in seconds; 0 is off. */
  ephemeral = 0;
  /** How often the list of members changed, and who may write. */
  memberVersion = 1;
  announcementVersion = 1;
  inviteCode: string;
  everyoneAdds = false;
  approval = false;
  picture: Picture | undefined;
  /** Who asked to join, while joining needs approval, and when, in Unix seconds. */
  readonly requests = new Map<User, string>();
  /** The community it belongs to. */
  parent: SimulatedGroup | undefined;
  /** What it is in its community, when the community made it. */
  part: "announcements" | "general" | undefined;
  /** A community: a parent of groups, in which nobody writes. */
  isCommunity = false;
  /** Codes by which single people may join who cannot be added. */
  readonly invitations = new Map<User, string>();

  constructor(parts: {
    jid: string;
    addressing: Addressing;
    creator: User;
    subject: string;
    creation: string;
    code: string;
  }) {
    this.jid = parts.jid;
    this.addressing = parts.addressing;
    this.creator = parts.creator;
    this.subjectBy = parts.creator;
    this.subject = parts.subject;
    this.creation = parts.creation;
    this.inviteCode = parts.code;
    this.members.set(parts.creator, "superadmin");
  }

  isAdmin(user: User): boolean {
    const role = this.members.get(user);
    return role === "admin" || role === "superadmin";
  }

  mayWrite(user: User): boolean {
    return this.members.has(user) && (!this.switches.has("announcement") || this.isAdmin(user));
  }

  /** Changing subject or description. */
  mayEdit(user: User): boolean {
    return this.members.has(user) && (!this.switches.has("locked") || this.isAdmin(user));
  }

  mayAdd(user: User): boolean {
    return this.members.has(user) && (this.everyoneAdds || this.isAdmin(user));
  }
}
