import type { GroupMetadata, GroupParticipant, WASocket } from "@whiskeysockets/baileys";
import type {
  Group,
  GroupCalls,
  GroupMember,
  GroupSettings,
  JoinRequest,
  MemberResult,
  Named,
} from "../core/groups.ts";
import { asked, reasonOf } from "./asking.ts";
import { bare, isLid, phoneOf } from "./jid.ts";
import { setPicture } from "./portrait.ts";

/** What is known of groups, so that a message to one costs no extra query. */
export class GroupCache {
  private readonly known = new Map<string, GroupMetadata>();

  get(id: string): GroupMetadata | undefined {
    return this.known.get(id);
  }

  keep(group: GroupMetadata): GroupMetadata {
    this.known.set(group.id, group);
    return group;
  }

  /** Something about it changed. */
  forget(id: string): void {
    this.known.delete(id);
  }
}

/** Groups through a connection. */
export function groupsOf(socket: () => WASocket, cache: GroupCache): GroupCalls {
  const changing = async <T>(id: string, work: (sock: WASocket) => Promise<T>): Promise<T> =>
    asked(() => work(socket())).finally(() => cache.forget(id));
  const reading = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  return {
    list: () =>
      reading(async (sock) =>
        Object.values(await sock.groupFetchAllParticipating()).map((one) => groupOf(cache.keep(one))),
      ),
    get: (id) => reading(async (sock) => groupOf(cache.keep(await sock.groupMetadata(id)))),
    create: (subject, members) =>
      reading(async (sock) => groupOf(cache.keep(await sock.groupCreate(subject, members)))),
    rename: (id, subject) => changing(id, (sock) => sock.groupUpdateSubject(id, subject)),
    describe: (id, text) => changing(id, (sock) => sock.groupUpdateDescription(id, text ?? undefined)),
    picture: (id, jpeg) => reading((sock) => setPicture(sock, id, jpeg)),
    change: (id, action, members) =>
      changing(id, async (sock) => (await sock.groupParticipantsUpdate(id, members, action)).map(resultOf)),
    settings: (id, settings) => changing(id, (sock) => applySettings(sock, id, settings)),
    invite: (id) => reading(async (sock) => (await sock.groupInviteCode(id)) ?? ""),
    revokeInvite: (id) => reading(async (sock) => (await sock.groupRevokeInvite(id)) ?? ""),
    preview: (code) => reading(async (sock) => groupOf(await sock.groupGetInviteInfo(code))),
    join: (code) => reading(async (sock) => (await sock.groupAcceptInvite(code)) ?? ""),
    requests: (id) => reading(async (sock) => (await sock.groupRequestParticipantsList(id)).map(requestOf)),
    decide: (id, verdict, members) =>
      changing(id, async (sock) => (await sock.groupRequestParticipantsUpdate(id, members, verdict)).map(resultOf)),
    leave: (id) => changing(id, (sock) => sock.groupLeave(id)),
  };
}

async function applySettings(sock: WASocket, id: string, settings: GroupSettings): Promise<void> {
  const { announceOnly, locked, joinApproval, membersAdd, timer } = settings;
  if (announceOnly !== undefined) await sock.groupSettingUpdate(id, announceOnly ? "announcement" : "not_announcement");
  if (locked !== undefined) await sock.groupSettingUpdate(id, locked ? "locked" : "unlocked");
  if (joinApproval !== undefined) await sock.groupJoinApprovalMode(id, joinApproval ? "on" : "off");
  if (membersAdd !== undefined) await sock.groupMemberAddMode(id, membersAdd ? "all_member_add" : "admin_add");
  if (timer !== undefined) await sock.groupToggleEphemeral(id, timer);
}

export function groupOf(group: GroupMetadata): Group {
  return {
    id: group.id,
    subject: group.subject ?? "",
    description: group.desc ?? null,
    owner: group.owner ?? null,
    createdAt: group.creation || null,
    announceOnly: group.announce ?? false,
    locked: group.restrict ?? false,
    joinApproval: group.joinApprovalMode ?? false,
    membersAdd: group.memberAddMode ?? false,
    timer: group.ephemeralDuration ?? 0,
    community: group.isCommunity ?? false,
    parent: group.linkedParent ?? null,
    size: group.size ?? group.participants.length,
    members: group.participants.map(memberOf),
  };
}

const roles = { admin: "admin", superadmin: "owner" } as const;

function memberOf(member: GroupParticipant): GroupMember {
  return { ...namedOf(member), role: member.admin ? roles[member.admin] : "member" };
}

/** A person by whatever names WhatsApp gives. */
export function namedOf({
  id,
  phoneNumber,
  lid,
}: {
  id: string;
  phoneNumber?: string | undefined;
  lid?: string | undefined;
}): Named {
  const jid = bare(id);
  return {
    jid,
    phone: phoneOf(jid) ?? phoneOf(phoneNumber),
    lid: [jid, lid].find((one): one is string => one !== undefined && isLid(one)) ?? null,
  };
}

function resultOf({ jid, status }: { jid: string | undefined; status: string }): MemberResult {
  const code = Number(status);
  return { jid: jid ?? "", ok: code === 200, code, reason: code === 200 ? null : reasonOf(code) };
}

function requestOf(attrs: Record<string, string>): JoinRequest {
  const { jid = "", phone_number: phoneNumber, request_time: at } = attrs;
  return { ...namedOf({ id: jid, phoneNumber }), requestedAt: Number(at) || null };
}
