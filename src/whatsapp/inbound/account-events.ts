import type { BaileysEventMap, GroupMetadata, WASocket } from "@whiskeysockets/baileys";
import type { AccountEvent, AccountEventType, Signal } from "../../core/ports/connector.ts";
import type { ContactChange } from "../../core/ports/contacts.ts";
import type { NewEventData } from "../../core/model/events/events.ts";
import type { HistoryChange } from "../../core/ports/history.ts";
import { me } from "../../core/model/message/message-name.ts";
import type { GroupCache } from "../account/groups.ts";
import type { LabelAuthors } from "../account/labels.ts";
import { bare, phoneOf } from "../wire/jid.ts";
import { hearAtOnce } from "../wire/socket.ts";
import { bothNames, namedOf } from "../codec/notice.ts";

/**
 * What Baileys alone can tell: who types, what the account's devices share (names, labels, marks of chats), and what
 * it learns on the way. What WhatsApp notifies of is read from the stanzas, see `notices/`.
 */
export function listenForNews(
  sock: WASocket,
  { groups, authors }: { groups: GroupCache; authors: LabelAuthors },
  now: () => number,
  report: (signals: Signal[]) => void,
  failed: (error: unknown) => void,
): void {
  const tell: Tell = (type, chat, data, history = [], contacts = []) =>
    report([{ type: "news", news: { type, chat, data, at: now(), history, contacts } as AccountEvent }]);
  const on: Listen = (event, hear) =>
    sock.ev.on(event, (given) => {
      try {
        hear(given);
      } catch (error) {
        // What a stranger made Baileys tell must not end the process.
        failed(error);
      }
    });
  on("groups.update", (updates) => {
    // A list of all groups comes as an update of each, whole.
    const known = updates.filter((update): update is GroupMetadata => update.participants !== undefined);
    if (known.length > 0) report([learnedOf(known.map((group) => groups.keep(group)))]);
  });
  on("presence.update", ({ id, presences }) => {
    const chat = bare(id);
    for (const [member, { lastKnownPresence: state, lastSeen }] of Object.entries(presences))
      tell("presence", chat, { chat, member: bare(member), state, last_seen: lastSeen ?? null });
  });
  on("lid-mapping.update", ({ lid, pn }) =>
    report([{ type: "learned", contacts: [bothNames(phoneOf(pn), bare(lid))], history: [] }]),
  );
  on("labels.edit", ({ id, name, color, deleted }) => {
    const label = { id, name: name ?? "", color: color ?? 0 };
    const change: HistoryChange = deleted ? { type: "unlabel", id } : { type: "label", label };
    tell("label.updated", null, { label_id: id, name: label.name, color: label.color, deleted: deleted ?? false }, [
      change,
    ]);
  });
  on("labels.association", ({ association, type }) => {
    const { chatId: chat, labelId } = association;
    const id = "messageId" in association ? association.messageId : null;
    const author = id === null ? null : authors.take(labelId, chat, id);
    const labelled = type === "add";
    const isOwn = author === me;
    const target = id === null || author === null ? null : { id, sender: isOwn ? null : author, from_me: isOwn };
    const data = { label_id: labelId, chat, message: id, ...(target && { target }), assigned: labelled };
    const message = id === null ? null : { author, id };
    tell("label.assigned", chat, data, [{ type: "labelled", label: labelId, chat, message, labelled }]);
  });
  on("contacts.upsert", (contacts) => contacts.forEach((contact) => tellContact(contact, tell)));
  hearAtOnce(sock, "chats.update", (chats) => {
    try {
      for (const chat of chats) tellChat(chat, tell);
    } catch (error) {
      failed(error);
    }
  });
}

/** Listens to Baileys; a listener that throws is nobody else's trouble. */
type Listen = <E extends keyof BaileysEventMap>(event: E, hear: (given: BaileysEventMap[E]) => void) => void;

type Tell = <T extends AccountEventType>(
  type: T,
  chat: string | null,
  data: NewEventData<T>,
  history?: HistoryChange[],
  contacts?: ContactChange[],
) => void;

/** Names of groups, and members by both of their names. */
function learnedOf(groups: readonly GroupMetadata[]): Signal {
  const members = groups.flatMap(({ participants }) => participants.map((one) => namedOf(one)));
  const both = members.filter(({ phone, lid }) => phone !== null && lid !== null);
  return {
    type: "learned",
    contacts: both.map(({ phone, lid }) => bothNames(phone, lid)),
    history: groups.flatMap(({ id, subject }) =>
      subject ? [{ type: "named" as const, chat: id, name: subject }] : [],
    ),
  };
}

function tellContact(contact: BaileysEventMap["contacts.upsert"][number], tell: Tell): void {
  const { id, lid, phoneNumber, name, notify } = contact;
  if (!id || (!name && !notify)) return;
  const named = namedOf({ id, phoneNumber, lid });
  const learned = { phone: named.phone, lid: named.lid, name: name ?? null, pushName: notify ?? null };
  const change: HistoryChange[] = name ? [{ type: "named", chat: named.jid, name }] : [];
  const changed = [...(name ? ["name" as const] : []), ...(notify ? ["push_name" as const] : [])];
  const data = { ...named, name: name ?? null, push_name: notify ?? null, changed };
  tell("contact.updated", null, data, change, [learned]);
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
