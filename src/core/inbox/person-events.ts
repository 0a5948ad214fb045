import type { PersonNews } from "../identity/person-directory.ts";
import type { NewEvent } from "../model/events/events.ts";
import type { Person } from "../model/person.ts";
import type { Contact, Contacts } from "../ports/contacts.ts";

const fields = ["jid", "phone", "lid", "username"] as const;

/**
 * What is told of people whose names changed, of those who are contacts. A number that became known is `contact.resolved`. Of
 * what the past told only that a number or LID moved is: that two were one was so before.
 */
export async function personEvents(
  { before, now, others }: PersonNews,
  isPast: boolean,
  { contacts, device }: { contacts: Pick<Contacts, "find">; device: string },
  at: number,
): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const one of [...others.map((each) => ({ ...each, before: [each.before] })), { before, now }]) {
    const known = (await Promise.all(one.before.map((each) => contacts.find(device, each)))).flat();
    if (known.length === 0) continue;
    if (!isPast) events.push(...resolved(one.before, one.now, at));
    if (!isPast || hasMoved(one)) events.push(...updated(one.before, one.now, known, at));
  }
  return events;
}

const hasMoved = ({ before, now }: Pick<PersonNews, "before" | "now">): boolean =>
  before.some(({ phone, lid }) => (phone !== null && phone !== now.phone) || (lid !== null && lid !== now.lid));

function resolved(before: readonly Person[], { jid, phone, lid, username }: Person, at: number): NewEvent[] {
  if (phone === null || lid === null || before.some((one) => one.phone !== null && one.lid !== null)) return [];
  const data = { phone, jid, lid, username };
  return [{ type: "contact.resolved", at, chat: null, once: `resolved|${phone}|${lid}`, data }];
}

/** What was known is not so any more. */
function updated(before: readonly Person[], now: Person, known: readonly Contact[], at: number): NewEvent[] {
  const isNew = (field: (typeof fields)[number], one: Person) => field === "username" || one[field] !== null;
  const changed = fields.filter((field) => before.some((one) => isNew(field, one) && one[field] !== now[field]));
  if (changed.length === 0) return [];
  const first = (key: "name" | "pushName") => known.map((one) => one[key]).find((value) => value !== null) ?? null;
  const data = { ...now, name: first("name"), push_name: first("pushName"), changed, previous: [...before] };
  const once = `names|${before.map(({ jid }) => jid).join()}|${now.jid}|${now.phone}|${now.lid}|${now.username}|${at}`;
  return [{ type: "contact.updated", at, chat: null, once, data }];
}
