import type { Group } from "./groups.ts";
import type { Scope } from "../model/scopes.ts";

/** A group of a community, as the community lists it. */
export interface PartGroup {
  id: string;
  subject: string;
  /** The one in which the admins tell everybody. */
  announcements: boolean;
  /** Unix seconds. */
  createdAt: number | null;
  size: number | null;
}

/** What became of a group that was to be linked to a community, or taken out of it. */
export interface LinkResult {
  group: string;
  ok: boolean;
  /** WhatsApp's number, 200 when it is done. */
  code: number;
  reason: string | null;
}

/**
 * What one can do with communities besides what one can do with any group. `id` is a community's JID; throws `refused`,
 * `not_found`, `timeout`, `unavailable`.
 */
export interface CommunityCalls {
  /** With a group for its announcements, and one for everybody to talk in. */
  create(subject: string, description: string | null): Promise<Group>;
  groups(id: string): Promise<PartGroup[]>;
  link(id: string, groups: string[]): Promise<LinkResult[]>;
  unlink(id: string, groups: string[]): Promise<LinkResult[]>;
  leave(id: string): Promise<void>;
}

export const communityScopes: Record<keyof CommunityCalls, Scope> = {
  create: "manage",
  groups: "read",
  link: "manage",
  unlink: "manage",
  leave: "manage",
};
