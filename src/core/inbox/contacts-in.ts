import type { NewEvent } from "../model/events/events.ts";
import { isPersonJid } from "../model/recipient.ts";
import type { ContactHistoryChange } from "../ports/contact-history.ts";

/** Who was met in these events: one change for each person, however much they wrote. */
export function contactsIn(events: readonly NewEvent[], now: number): ContactHistoryChange[] {
  const met = new Map<string, ContactHistoryChange>();
  for (const { type, chat, data } of events) {
    if (chat === null || !isPersonJid(chat)) continue;
    if ("from_me" in data && !data.from_me) met.set(chat, { ...met.get(chat), chat, heardAt: now });
    else if ("from_me" in data || type === "message.sent") met.set(chat, { ...met.get(chat), chat, saidAt: now });
  }
  return [...met.values()];
}
