import {
  type BinaryNode,
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  getBinaryNodeChildString,
} from "@whiskeysockets/baileys";
import type { ContactChange } from "../../../core/ports/contacts.ts";
import type { EventData } from "../../../core/model/events/events.ts";
import type { Named } from "../../../core/ports/groups.ts";
import type { HistoryChange } from "../../../core/ports/history.ts";
import { natural } from "../../codec/convert/fields.ts";
import { bare } from "../../wire/jid.ts";
import { memberMoved } from "./number-changes.ts";
import { bothNames, type NotificationReader, namedOf } from "../../codec/notice.ts";

type Change = EventData<"group.updated">["change"];
type Author = Pick<EventData<"group.updated">, "author">;
type Action = EventData<"group.members">["action"];

/** What each part of a `w:gp2` notification says (WA Web's `GROUP_NOTIFICATION_TAG`); the rest is not for people. */
const changes: Record<string, (part: BinaryNode) => Change> = {
  subject: ({ attrs }) => (attrs.subject ? { subject: attrs.subject } : {}),
  description: (part) => ({ description: getBinaryNodeChildString(part, "body") ?? null }),
  announcement: () => ({ announce_only: true }),
  not_announcement: () => ({ announce_only: false }),
  locked: () => ({ locked: true }),
  unlocked: () => ({ locked: false }),
  ephemeral: ({ attrs }) => ({ timer: natural(attrs.expiration) }),
  not_ephemeral: () => ({ timer: 0 }),
  member_add_mode: (part) => ({ members_add: textOf(part) === "all_member_add" }),
  membership_approval_mode: (part) => ({
    join_approval: getBinaryNodeChild(part, "group_join")?.attrs.state === "on",
  }),
  invite: ({ attrs }) => (attrs.code ? { invite_code: attrs.code } : {}),
  suspended: () => ({ suspended: true }),
  unsuspended: () => ({ suspended: false }),
  delete: () => ({ deleted: true }),
};

const actions: Record<string, Action> = {
  add: "add",
  remove: "remove",
  leave: "remove",
  promote: "promote",
  demote: "demote",
  modify: "modify",
  linked_group_promote: "promote",
  linked_group_demote: "demote",
};

const requests = {
  created_membership_requests: "created",
  membership_approval_request: "created",
  revoked_membership_requests: "revoked",
} as const;
const isRequest = (tag: string): tag is keyof typeof requests => tag in requests;

/** What a group's notification tells. One may tell several things. */
export function groupNews(notice: NotificationReader): void {
  const author = authorOf(notice.stanza);
  memberMoved(notice);
  for (const part of getAllBinaryNodeChildren(notice.stanza)) {
    const { tag } = part;
    const change = changes[tag]?.(part);
    const action = actions[tag];
    if (change) updated(notice, author, change);
    else if (action) membersChanged(notice, author, action, part);
    else if (isRequest(tag)) requested(notice, part, tag);
    else if (tag === "create") joined(notice, author, part);
    else if (tag === "link" || tag === "unlink") linked(notice, author, part, tag);
  }
}

/** Its picture changed. */
export function groupPicture(notice: NotificationReader, part: BinaryNode): void {
  const author = part.attrs.author ?? notice.stanza.attrs.participant;
  updated(notice, { author: author ? bare(author) : null }, { picture: part.tag === "set" });
}

function updated(notice: NotificationReader, author: Author, change: Change): void {
  if (Object.keys(change).length === 0) return;
  const group = notice.from;
  const name: HistoryChange[] = change.subject ? [{ type: "chat", chat: group, change: { name: change.subject } }] : [];
  notice.tell("group.updated", group, { group, ...author, change }, { history: name });
}

function membersChanged(notice: NotificationReader, author: Author, action: Action, part: BinaryNode): void {
  const members = getBinaryNodeChildren(part, "participant").map(memberOf);
  if (members.length === 0) return;
  const { reason } = part.attrs;
  const data = { group: notice.from, ...author, action, members, ...(reason ? { reason } : {}) };
  notice.tell("group.members", notice.from, data, { contacts: members.map(learned) });
}

/** Somebody asks to be let in, or no longer; on behalf of the one who did it, when nobody is named. */
function requested(notice: NotificationReader, part: BinaryNode, tag: keyof typeof requests): void {
  const group = notice.from;
  const { participant, participant_pn: phoneNumber, participant_lid: lid } = notice.stanza.attrs;
  const named = [...getBinaryNodeChildren(part, "requested_user"), ...getBinaryNodeChildren(part, "participant")];
  const people =
    named.length > 0 ? named.map(memberOf) : participant ? [namedOf({ id: participant, phoneNumber, lid })] : [];
  const method = part.attrs.request_method ?? null;
  for (const member of people) {
    const byOther = participant !== undefined && bare(participant) !== member.jid;
    const action = requests[tag] === "revoked" && byOther ? "rejected" : requests[tag];
    notice.tell("group.join_request", group, { group, member, action, method }, { contacts: [learned(member)] });
  }
}

function joined(notice: NotificationReader, author: Author, part: BinaryNode): void {
  const group = getBinaryNodeChild(part, "group");
  const members = getBinaryNodeChildren(group, "participant").map(memberOf);
  const subject = group?.attrs.subject ?? "";
  const name: HistoryChange = { type: "chat", chat: notice.from, change: { name: subject } };
  const data = { group: notice.from, ...author, subject, members: members.length };
  notice.tell("group.joined", notice.from, data, { history: [name], contacts: members.map(learned) });
}

/** Told by the community of its group, and by the group of its community; which of the two says this is its type. */
function linked(notice: NotificationReader, author: Author, part: BinaryNode, tag: "link" | "unlink"): void {
  const type = part.attrs.link_type ?? part.attrs.unlink_type;
  // Another group joined or left the community: this one learns it from the community.
  if (type === "sibling_group") return;
  for (const { attrs } of getBinaryNodeChildren(part, "group")) {
    const other = attrs.jid ? bare(attrs.jid) : `${attrs.id ?? ""}@g.us`;
    const isParent = type === "parent_group";
    const [community, group] = isParent ? [other, notice.from] : [notice.from, other];
    const subject = isParent ? null : (attrs.subject ?? null);
    notice.tell(`community.${tag}ed`, group, { community, group, subject, ...author });
  }
}

function authorOf({ attrs }: BinaryNode): Author {
  return { author: attrs.participant ? bare(attrs.participant) : null };
}

function memberOf({ attrs }: BinaryNode): Named {
  return namedOf({ id: attrs.jid ?? "", phoneNumber: attrs.phone_number, lid: attrs.lid, username: attrs.username });
}

const learned = ({ phone, lid }: Named): ContactChange => bothNames(phone, lid);

const textOf = ({ content }: BinaryNode): string =>
  typeof content === "string" ? content : content instanceof Uint8Array ? Buffer.from(content).toString() : "";
