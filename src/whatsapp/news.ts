import type { BaileysEventMap, GroupMetadata, WACallEvent, WASocket } from "@whiskeysockets/baileys";
import type { News, NewsType } from "../core/connector.ts";
import type { EventData } from "../core/events.ts";
import type { ContactChange } from "../core/contacts.ts";
import type { HistoryChange } from "../core/history.ts";
import type { GroupCache } from "./groups.ts";
import { namedOf } from "./groups.ts";
import { bare, phoneOf } from "./jid.ts";
import { only } from "./convert/fields.ts";

/** Baileys' news in our words. What it emits twice is told twice; nothing of it is waited for. */
export function listenForNews(
  sock: WASocket,
  groups: GroupCache,
  now: () => number,
  report: (news: News[]) => void,
  failed: (error: unknown) => void,
): void {
  const tell: Tell = (type, chat, data, history = [], contacts = []) =>
    report([{ type, chat, data, at: now(), history, contacts } as News]);
  const on: Listen = (event, hear) =>
    sock.ev.on(event, (given) => {
      try {
        hear(given);
      } catch (error) {
        // What a stranger made Baileys tell must not end the process.
        failed(error);
      }
    });
  on("groups.upsert", (joined) => {
    for (const group of joined) {
      groups.keep(group);
      const { id, subject, participants } = group;
      const name: HistoryChange = { type: "chat", chat: id, change: { name: subject } };
      tell("group.joined", id, { group: id, subject, members: participants.length }, [name]);
    }
  });
  on("groups.update", (updates) => {
    for (const update of updates) tellGroupUpdate(update, groups, tell);
  });
  on("group-participants.update", ({ id, author, action, participants }) => {
    groups.forget(id);
    const members = participants.map(namedOf);
    tell("group.members", id, { group: id, author: author ? bare(author) : null, action, members });
  });
  on("group.join-request", ({ id, participant, participantPn, action, method }) => {
    const member = namedOf({ id: participant, phoneNumber: participantPn });
    tell("group.join_request", id, { group: id, member, action, method: method ?? null });
  });
  on("presence.update", ({ id, presences }) => {
    const chat = bare(id);
    for (const [member, { lastKnownPresence: state, lastSeen }] of Object.entries(presences))
      tell("presence", chat, { chat, member: bare(member), state, last_seen: lastSeen ?? null });
  });
  on("call", (calls) => calls.forEach((call) => tellCall(call, tell)));
  on("blocklist.update", ({ blocklist, type }) => {
    for (const jid of blocklist) tell("contact.blocked", null, { jid, blocked: type === "add" });
  });
  on("lid-mapping.update", ({ lid, pn }) => {
    const jid = bare(pn);
    const learned = { phone: phoneOf(jid), lid: bare(lid), name: null, pushName: null };
    tell("contact.resolved", null, { phone: phoneOf(jid) ?? "", jid, lid: bare(lid) }, [], [learned]);
  });
  on("labels.edit", ({ id, name, color, deleted }) =>
    tell("label.updated", null, { label_id: id, name: name ?? "", color: color ?? 0, deleted: deleted ?? false }),
  );
  on("labels.association", ({ association, type }) => {
    const { chatId: chat, labelId } = association;
    const message = "messageId" in association ? association.messageId : null;
    tell("label.assigned", chat, { label_id: labelId, chat, message, assigned: type === "add" });
  });
  on("contacts.update", (contacts) => contacts.forEach((contact) => tellContact(contact, tell)));
  on("contacts.upsert", (contacts) => contacts.forEach((contact) => tellContact(contact, tell)));
  on("chats.update", (chats) => chats.forEach((chat) => tellChat(chat, tell)));
}

/** Listens to Baileys; a listener that throws is nobody else's trouble. */
type Listen = <E extends keyof BaileysEventMap>(event: E, hear: (given: BaileysEventMap[E]) => void) => void;

type Tell = <T extends NewsType>(
  type: T,
  chat: string | null,
  data: EventData<T>,
  history?: HistoryChange[],
  contacts?: ContactChange[],
) => void;

function tellGroupUpdate(update: Partial<GroupMetadata>, groups: GroupCache, tell: Tell): void {
  const { id, participants } = update;
  if (!id) return;
  // A list of all groups comes as an update of each, whole: that is no news.
  if (participants) return void groups.keep(update as GroupMetadata);
  groups.forget(id);
  const change: EventData<"group.updated">["change"] = only({
    subject: update.subject,
    description: update.desc,
    announce_only: update.announce,
    locked: update.restrict,
    join_approval: update.joinApprovalMode,
    members_add: update.memberAddMode,
    timer: update.ephemeralDuration,
    invite_code: update.inviteCode,
  });
  if (Object.keys(change).length === 0) return;
  const name: HistoryChange[] = change.subject ? [{ type: "chat", chat: id, change: { name: change.subject } }] : [];
  tell("group.updated", id, { group: id, author: update.author ? bare(update.author) : null, change }, name);
}

const callEvents: Partial<Record<WACallEvent["status"], NewsType & `call.${string}`>> = {
  offer: "call.received",
  accept: "call.accepted",
  reject: "call.rejected",
  terminate: "call.ended",
  timeout: "call.ended",
};

function tellCall({ id, status, from, callerPn, groupJid, isVideo, date }: WACallEvent, tell: Tell): void {
  const type = callEvents[status];
  if (!type) return;
  tell(type, null, {
    call_id: id,
    from: bare(from),
    from_phone: phoneOf(from) ?? phoneOf(callerPn),
    group: groupJid ?? null,
    video: isVideo ?? false,
    timestamp: Math.floor(date.getTime() / 1000),
  });
}

function tellContact(contact: BaileysEventMap["contacts.update"][number], tell: Tell): void {
  const { id, lid, phoneNumber, name, notify } = contact;
  if (!id || (!name && !notify)) return;
  const named = namedOf({ id, phoneNumber, lid });
  const learned = { phone: named.phone, lid: named.lid, name: name ?? null, pushName: notify ?? null };
  const change: HistoryChange[] = name ? [{ type: "named", chat: named.jid, name }] : [];
  tell("contact.updated", null, { ...named, name: name ?? null, push_name: notify ?? null }, change, [learned]);
}

function tellChat(chat: BaileysEventMap["chats.update"][number], tell: Tell): void {
  const { id, archived, pinned, muteEndTime, unreadCount } = chat;
  if (!id) return;
  const muted = muteEndTime === undefined ? undefined : Number(muteEndTime?.toString() ?? 0) || null;
  const unread = unreadCount === -1 ? true : unreadCount === 0 ? false : undefined;
  const data = {
    ...(archived == null ? {} : { archived }),
    ...(pinned === undefined ? {} : { pinned: Boolean(pinned) }),
    ...(muted === undefined ? {} : { muted_until: muted === null ? null : Math.floor(muted / 1000) }),
    ...(unread === undefined ? {} : { unread }),
  };
  if (Object.keys(data).length === 0) return;
  const change = {
    ...(data.archived === undefined ? {} : { archived: data.archived }),
    ...(data.pinned === undefined ? {} : { pinned: data.pinned }),
    ...(muted === undefined ? {} : { mutedUntil: muted }),
    ...(unread === undefined ? {} : unread ? { markedUnread: true } : { unread: 0, markedUnread: false }),
  };
  const jid = bare(id);
  tell("chat.updated", jid, { chat: jid, ...data }, [{ type: "chat", chat: jid, change }]);
}
