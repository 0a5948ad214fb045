import { getBinaryNodeChildren } from "@whiskeysockets/baileys";
import { namedOf, type NotificationReader } from "../../codec/notice.ts";

/** Somebody of the address book has another number (whatsapp-rust#351, 2026-03). */
export function contactNews(notice: NotificationReader): void {
  for (const { attrs } of getBinaryNodeChildren(notice.stanza, "modify")) {
    const { old, new: now, old_lid: oldLid, new_lid: lid } = attrs;
    if (!old || !now) continue;
    const previous = namedOf({ id: old, lid: oldLid });
    notice.tell("contact.number_changed", null, { ...namedOf({ id: now, lid }), previous });
  }
}

/** A member of a group has: the notice is theirs, by the name they had (whatsapp-rust#625, 2026-05). */
export function memberMoved(notice: NotificationReader): void {
  const { participant, participant_pn: phoneNumber, participant_lid: oldLid } = notice.stanza.attrs;
  for (const { attrs } of getBinaryNodeChildren(notice.stanza, "change_number")) {
    if (!attrs.jid || !participant) continue;
    const previous = namedOf({ id: participant, phoneNumber, lid: oldLid });
    const now = namedOf({ id: attrs.jid, phoneNumber: attrs.phone_number, lid: attrs.lid });
    notice.tell("contact.number_changed", null, { ...now, previous });
  }
}

/** Somebody's LID is another (zapo, mex `LidChangeNotification`, 2026-08). */
export function lidMoved(notice: NotificationReader, found: object): void {
  const { old, new: now } = found as { old?: unknown; new?: unknown };
  if (typeof old !== "string" || typeof now !== "string") return;
  notice.tell("contact.number_changed", null, { ...namedOf({ id: now }), previous: namedOf({ id: old }) });
}
