import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { groupRoles } from "../../core/ports/groups.ts";
import { file } from "./answers.ts";
import { actionOperation, queryOperation } from "./online.ts";
import { named, oneOf, seconds } from "./parts.ts";

const id = Type.String({ description: "The group's JID, `1203…@g.us`." });
const member = Type.Object({ ...named, role: oneOf(groupRoles) }, { title: "GroupMember" });

const about = {
  id,
  subject: Type.String(),
  description: nullable(Type.String()),
  owner: nullable(Type.String({ description: "A JID." })),
  created_at: nullable(seconds),
  announce_only: Type.Boolean({ description: "Only admins write." }),
  locked: Type.Boolean({ description: "Only admins change subject, description and picture." }),
  join_approval: Type.Boolean({ description: "Whoever comes by the link waits for an admin." }),
  members_add: Type.Boolean({ description: "Every member may add others." }),
  timer: Type.Integer({ minimum: 0, description: "Seconds after which messages disappear; 0 is never." }),
  community: Type.Boolean(),
  parent: nullable(Type.String({ description: "The community it belongs to." })),
  announcements: Type.Boolean({ description: "The group in which a community's admins tell all its members." }),
  size: Type.Integer({ minimum: 0 }),
  members: Type.Array(member),
};
export const group = Type.Object(about, { title: "Group" });

export const memberResult = Type.Object(
  {
    ...named,
    ok: Type.Boolean(),
    code: Type.Integer({ description: "WhatsApp's number, 200 when it is done." }),
    reason: nullable(Type.String({ description: "Why not, for people." })),
    invite: nullable(
      Type.Object(
        { code: Type.String(), expires_at: nullable(seconds) },
        { description: "Who may not be added can be invited: a message of the kind `group_invite` takes this." },
      ),
    ),
  },
  { title: "MemberResult" },
);
export const madeGroup = Type.Object(
  { ...about, refused: Type.Array(memberResult, { description: "Who could not be put into it." }) },
  { title: "MadeGroup" },
);
const invite = Type.Object({ code: Type.String(), url: Type.String({ format: "uri" }) }, { title: "GroupInviteLink" });
export const joinRequest = Type.Object({ ...named, requested_at: nullable(seconds) }, { title: "JoinRequest" });
const picture = Type.Object({
  picture: nullable(Type.String({ description: "Where it is, on WhatsApp's file servers; null without one." })),
});
const joined = Type.Object({ id, pending: Type.Boolean({ description: "An admin has to agree first." }) });

/** The body is the picture. */
export const image = { body: file("image/jpeg", "image/png", "image/webp") };

export const groups = {
  list: queryOperation("listGroups", "List every group this account is in", Type.Array(group)),
  create: queryOperation(
    "createGroup",
    "Make a group",
    madeGroup,
    "`refused` are those who cannot be put into it, with an invitation to send them.",
  ),
  get: queryOperation("getGroup", "Get a group with its members", group),
  change: actionOperation("updateGroup", "Change subject, description and settings: only what is sent changes"),
  leave: actionOperation("leaveGroup", "Leave a group"),
  members: queryOperation("changeGroupMembers", "Add, remove, promote or demote members", Type.Array(memberResult)),
  shownPicture: queryOperation("getGroupPicture", "Tell where a group's picture is", picture),
  picture: actionOperation("setGroupPicture", "Set a group's picture: the body is the image", image),
  noPicture: actionOperation("removeGroupPicture", "Take a group's picture away"),
  invite: queryOperation("getGroupInvite", "Get the invite link", invite),
  revoke: queryOperation("revokeGroupInvite", "Make a new invite link; the old one is void", invite),
  preview: queryOperation("previewGroup", "Tell what an invite link leads to, without joining", group),
  join: queryOperation("joinGroup", "Join by an invite link or a personal invitation", joined),
  requests: queryOperation("listJoinRequests", "List who waits to be let in", Type.Array(joinRequest)),
  decide: queryOperation("decideJoinRequests", "Let people in, or not", Type.Array(memberResult)),
};

export const partGroup = Type.Object(
  {
    id,
    subject: Type.String(),
    announcements: Type.Boolean({ description: "The one in which the admins tell everybody." }),
    created_at: nullable(seconds),
    size: nullable(Type.Integer({ minimum: 0 })),
  },
  { title: "CommunityGroup" },
);
const linkResult = Type.Object(
  {
    group: id,
    ok: Type.Boolean(),
    code: Type.Integer({ description: "WhatsApp's number, 200 when it is done." }),
    reason: nullable(Type.String()),
  },
  { title: "CommunityLinkResult" },
);

export const communities = {
  list: queryOperation("listCommunities", "List every community this account is in", Type.Array(group)),
  create: queryOperation(
    "createCommunity",
    "Make a community",
    group,
    "With a group for its announcements and one for talk.",
  ),
  groups: queryOperation("listCommunityGroups", "List the groups of a community", Type.Array(partGroup)),
  link: queryOperation("linkCommunityGroups", "Take groups into a community", Type.Array(linkResult)),
  unlink: queryOperation("unlinkCommunityGroup", "Take a group out of a community", Type.Array(linkResult)),
  leave: actionOperation("leaveCommunity", "Leave a community"),
};
