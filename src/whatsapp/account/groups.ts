import {
  type BinaryNode,
  generateMessageIDV2,
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  type GroupMetadata,
  type GroupParticipant,
  type WASocket,
} from "@whiskeysockets/baileys";
import { extractGroupMetadata } from "@whiskeysockets/baileys/lib/Socket/groups.js";
import type {
  Group,
  GroupCalls,
  Member,
  GroupSettings,
  Joined,
  JoinRequest,
  MadeGroup,
  MemberResult,
} from "../../core/ports/groups.ts";
import { asked, reasonOf } from "./asking.ts";
import { moment, natural } from "../codec/convert/fields.ts";
import { Failure } from "../../core/base/failure.ts";
import { ownFailReasons } from "../../core/model/message/fail-reason.ts";
import { bare, phoneOf } from "../wire/jid.ts";
import { namedOf } from "../codec/notice.ts";
import { setProfilePicture } from "./portrait.ts";

/** What is known of groups, so that a message to one costs no extra query. */
export class GroupCache {
  readonly #groups = new Map<string, GroupMetadata>();
  readonly #asking = new Map<string, Promise<GroupMetadata>>();

  readonly #socket: () => WASocket;

  constructor(socket: () => WASocket) {
    this.#socket = socket;
  }

  /** Asked about once, however many want it; what changes in it is heard. */
  async known(id: string): Promise<GroupMetadata> {
    return this.#groups.get(id) ?? this.#asking.get(id) ?? this.ask(id);
  }

  /** What is known without asking. */
  peek(id: string): GroupMetadata | null {
    return this.#groups.get(id) ?? null;
  }

  /** What WhatsApp says now. Kept unless something changed since it was asked: the answer may be the older. */
  async ask(id: string): Promise<GroupMetadata> {
    const answer = asked(() => this.#socket().groupMetadata(id));
    this.#asking.set(id, answer);
    const isLatest = () => this.#asking.get(id) === answer;
    try {
      const group = await answer;
      return isLatest() ? this.keep(group) : group;
    } finally {
      if (isLatest()) this.#asking.delete(id);
    }
  }

  keep(group: GroupMetadata): GroupMetadata {
    this.#groups.set(group.id, group);
    return group;
  }

  /** Something about it changed. */
  forget(id: string): void {
    this.#groups.delete(id);
    this.#asking.delete(id);
  }
}

/** Under which name WhatsApp has people; null where nobody has a number. */
export type AccountsOf = (jids: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;

/** Groups through a connection. */
export function groupsOf(socket: () => WASocket, cache: GroupCache, accountsOf: AccountsOf): GroupCalls {
  const changing = async <T>(id: string, work: (sock: WASocket) => Promise<T>): Promise<T> =>
    asked(() => work(socket())).finally(() => cache.forget(id));
  const reading = <T>(work: (sock: WASocket) => Promise<T>): Promise<T> => asked(() => work(socket()));
  return {
    list: () =>
      reading(async (sock) =>
        Object.values(await sock.groupFetchAllParticipating()).map((one) => groupOf(cache.keep(one))),
      ),
    get: async (id) => groupOf(await cache.ask(id)),
    create: (subject, members, community) =>
      reading(async (sock) => {
        const { known, unknown } = await sorted(members, accountsOf);
        if (known.length === 0) throw noneOf(unknown);
        const made = await created(sock, cache, { subject, members: known, community });
        return { ...made, refused: [...made.refused, ...unknown.map(nobody)] };
      }),
    rename: (id, subject) => changing(id, (sock) => sock.groupUpdateSubject(id, subject)),
    describe: (id, text) => changing(id, (sock) => sock.groupUpdateDescription(id, text ?? undefined)),
    picture: (id, jpeg) => reading((sock) => setProfilePicture(sock, id, jpeg)),
    change: (id, action, members) =>
      changing(id, async (sock) => {
        const { known, unknown, all } = await sorted(members, accountsOf);
        const answers = known.length === 0 ? [] : await sock.groupParticipantsUpdate(id, known, action);
        const results = answers.map(({ content }) => resultOf(content));
        // As many as were asked for, in their order: those that nobody has stand between.
        if (results.length !== known.length) return [...results, ...unknown.map(nobody)];
        return all.flatMap((jid) => (unknown.includes(jid) ? nobody(jid) : (results.shift() ?? [])));
      }),
    settings: (id, settings) => changing(id, (sock) => applySettings(sock, id, settings)),
    invite: (id) => reading(async (sock) => (await sock.groupInviteCode(id)) ?? ""),
    revokeInvite: (id) => reading(async (sock) => (await sock.groupRevokeInvite(id)) ?? ""),
    preview: (code) => reading(async (sock) => groupOf(await sock.groupGetInviteInfo(code))),
    join: (code) => reading((sock) => joined(sock, code)),
    accept: ({ group, code, from, expiresAt }) =>
      changing(group, async (sock) => {
        const attrs = { code, expiration: String(expiresAt), admin: from };
        await ask(sock, group, "set", { tag: "accept", attrs });
      }),
    requests: (id) => reading(async (sock) => (await sock.groupRequestParticipantsList(id)).map(requestOf)),
    decide: (id, verdict, members) => changing(id, (sock) => decided(sock, id, { verdict, members })),
    leave: (id) => changing(id, (sock) => sock.groupLeave(id)),
  };
}

/** Members by the name that WhatsApp has for them, each once, and numbers that nobody has. */
async function sorted(
  members: readonly string[],
  accountsOf: AccountsOf,
): Promise<{ known: string[]; unknown: string[]; all: string[] }> {
  const accounts = await accountsOf(members);
  const all = [...new Set([...accounts].map(([asked, named]) => named ?? asked))];
  const unknown = [...accounts].filter(([, named]) => named === null).map(([asked]) => asked);
  return { known: all.filter((jid) => !unknown.includes(jid)), unknown, all };
}

/** What became of a number that nobody has. */
const nobody = (jid: string): MemberResult => {
  const reason = ownFailReasons.not_on_whatsapp;
  return { ...namedOf({ id: jid }), ok: false, code: 404, reason, invite: null };
};

const noneOf = (numbers: readonly string[]): Failure =>
  new Failure("refused", `WhatsApp knows no account by any of these numbers: ${numbers.map(phoneOf).join(", ")}.`, {
    field: "members",
    reason: "not_on_whatsapp",
  });

const ask = (sock: WASocket, to: string, type: "get" | "set", content: BinaryNode): Promise<BinaryNode> =>
  sock.query({ tag: "iq", attrs: { type, xmlns: "w:g2", to }, content: [content] });

interface Plan {
  subject: string;
  members: string[];
  community: string | undefined;
}

/** Baileys takes those who could not be added for members. */
async function created(sock: WASocket, cache: GroupCache, { subject, members, community }: Plan): Promise<MadeGroup> {
  const parent = community === undefined ? [] : [{ tag: "linked_parent", attrs: { jid: community } }];
  const attrs = { subject, key: generateMessageIDV2() };
  const answer = await ask(sock, "@g.us", "set", {
    tag: "create",
    attrs,
    content: [...participantsOf(members), ...parent],
  });
  const made = extractGroupMetadata(answer);
  const named = getBinaryNodeChildren(getBinaryNodeChild(answer, "group"), "participant");
  const refused = named.filter((one) => one.attrs.error).map(resultOf);
  const out = new Set(refused.map(({ jid }) => jid));
  const inside = made.participants.filter(({ id }) => !out.has(bare(id)));
  return { group: groupOf(cache.keep({ ...made, participants: inside, size: inside.length })), refused };
}

/** A community answers by its own name; a group whose admins decide says that they were asked. */
async function joined(sock: WASocket, code: string): Promise<Joined> {
  const answer = await ask(sock, "@g.us", "set", { tag: "invite", attrs: { code } });
  const [part] = getAllBinaryNodeChildren(answer);
  return { id: part?.attrs.jid ?? "", pending: part?.tag === "membership_approval_request" };
}

/** Baileys leaves out of the answer by what other name somebody goes. */
async function decided(
  sock: WASocket,
  id: string,
  { verdict, members }: { verdict: "approve" | "reject"; members: string[] },
): Promise<MemberResult[]> {
  const tag = "membership_requests_action";
  const content = [{ tag: verdict, attrs: {}, content: participantsOf(members) }];
  const answer = await ask(sock, id, "set", { tag, attrs: {}, content });
  const results = getBinaryNodeChild(getBinaryNodeChild(answer, tag), verdict);
  return getBinaryNodeChildren(results, "participant").map(resultOf);
}

const participantsOf = (members: string[]) => members.map((jid) => ({ tag: "participant", attrs: { jid } }));

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
    createdAt: moment(group.creation) || null,
    announceOnly: group.announce ?? false,
    locked: group.restrict ?? false,
    joinApproval: group.joinApprovalMode ?? false,
    membersAdd: group.memberAddMode ?? false,
    timer: group.ephemeralDuration ?? 0,
    community: group.isCommunity ?? false,
    parent: group.linkedParent ?? null,
    announcements: group.isCommunityAnnounce ?? false,
    size: group.size ?? group.participants.length,
    members: group.participants.map(memberOf),
  };
}

const roles = { admin: "admin", superadmin: "owner" } as const;

function memberOf(member: GroupParticipant): Member {
  return { ...namedOf(member), role: member.admin ? roles[member.admin] : "member" };
}

function resultOf(node: BinaryNode): MemberResult {
  const { jid = "", phone_number: phoneNumber, lid, error } = node.attrs;
  const code = natural(error) || 200;
  const request = getBinaryNodeChild(node, "add_request")?.attrs;
  return {
    ...namedOf({ id: jid, phoneNumber, lid }),
    ok: code === 200,
    code,
    reason: code === 200 ? null : reasonOf(code),
    invite: request?.code ? { code: request.code, expiresAt: natural(request.expiration) || null } : null,
  };
}

function requestOf(attrs: Record<string, string>): JoinRequest {
  const { jid = "", phone_number: phoneNumber, lid, request_time: at } = attrs;
  return { ...namedOf({ id: jid, phoneNumber, lid }), requestedAt: moment(at) || null };
}
