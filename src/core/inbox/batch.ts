import type { ContactHistoryChange } from "../ports/contact-history.ts";
import { contactsIn } from "./contacts-in.ts";
import { identified, namesIn } from "../identity/identified.ts";
import type { PersonDirectory } from "../identity/person-directory.ts";
import { isOfThePast } from "../model/person.ts";
import { personEvents } from "./person-events.ts";
import { breathe } from "../base/breathe.ts";
import type { Clock } from "../base/clock.ts";
import type { Signal } from "../ports/connector.ts";
import type { ContactChange, Contacts } from "../ports/contacts.ts";
import type { NewEvent } from "../model/events/events.ts";
import type { HistoryChange } from "../ports/history.ts";
import type { ContactEvents } from "./contact-events.ts";
import { type MessageLookups, emptyEntry } from "./entry.ts";
import { entryOf } from "./inbox.ts";
import type { ReceivedMedia } from "../ports/media.ts";
import { UnwrittenMessages } from "./unwritten-messages.ts";
import type { SendPolicy } from "../policy/send-policy.ts";
import type { MessageChange } from "../ports/messages.ts";
import type { Batch } from "../ports/ledger.ts";
import type { DeviceChange } from "../ports/devices.ts";

/** Signals that are worked on in one turn of the event loop. */
const slice = 16;

/** Who is who, and who of them are contacts. */
export interface PeopleOfBatch {
  directory: PersonDirectory;
  contacts: Pick<Contacts, "find">;
  /** The device's uid. */
  device: string;
}

/** All that a batch tells of who is who comes first: what is said in it goes by the names that are known then. */
async function learnFrom(
  signals: readonly Signal[],
  { directory, contacts, device }: PeopleOfBatch,
  at: number,
): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const seen of signals.flatMap(namesIn)) {
    const news = await directory.learn(seen, at);
    if (news) events.push(...(await personEvents(news, isOfThePast(seen), { contacts, device }, at)));
  }
  return events;
}

/** Everything that follows from what a connection reported, to be written together. */
export async function batchOf(
  signals: readonly Signal[],
  lookups: MessageLookups,
  policy: SendPolicy,
  contactEvents: ContactEvents,
  people: PeopleOfBatch,
  clock: Clock,
): Promise<Batch> {
  const events: NewEvent[] = [];
  const messages: MessageChange[] = [];
  const history: HistoryChange[] = [];
  const media: ReceivedMedia[] = [];
  const contacts: ContactChange[] = [];
  const contactHistory: ContactHistoryChange[] = [];
  let device: DeviceChange | undefined;
  const unwritten = new UnwrittenMessages();
  /** By WhatsApp's id: ack and receipt come together, and the second needs not say it again. */
  const taken = new Set<string>();
  const all: MessageLookups = {
    ...lookups,
    sent: async (waId) => {
      const message = await lookups.sent(waId);
      return message && taken.has(waId) ? { ...message, state: "sent" } : message;
    },
    said: async (name) => unwritten.find(name) ?? (await lookups.said(name)),
    isOurs: async (id) => unwritten.isOurs(id) || (await lookups.isOurs(id)),
  };
  events.push(...(await learnFrom(signals, people, clock.now())));
  for (const [place, given] of signals.entries()) {
    if (place % slice === slice - 1) await breathe();
    const signal = await identified(given, people.directory);
    const effects = await policy.effects(signal, (waId) => lookups.sent(waId));
    const entry = effects ? { ...emptyEntry, ...effects } : await entryOf(signal, clock.now(), all);
    const more = effects ? null : await policy.observe(signal, (waId) => lookups.sent(waId));
    unwritten.add(entry.history);
    for (const { waId, state } of entry.messages) if (state === "sent") taken.add(waId);
    events.push(...entry.events, ...(more?.events ?? []));
    messages.push(...entry.messages);
    history.push(...entry.history);
    media.push(...entry.media);
    contacts.push(...entry.contacts);
    contactHistory.push(...(effects?.contactHistory ?? []), ...(more?.contactHistory ?? []));
    device = effects?.device ?? more?.device ?? device;
  }
  events.push(...(await contactEvents.events(contacts, clock.now())));
  contactHistory.push(...contactsIn(events, policy.now()));
  return { events, messages, history, media, contacts, contactHistory, ...(device ? { device } : {}) };
}
