import type { EventType, NewEvent } from "../model/events/events.ts";
import { isPersonJid } from "../model/recipient.ts";
import type { PersonDirectory } from "./person-directory.ts";

type Fields = Record<string, unknown>;

/** Fields of an event that name a chat or a person, beside which all their names are told. */
const told = ["chat", "sender", "author", "participant", "member", "from"] as const;
/** A chat has no username of its own. */
const withoutUsername: ReadonlySet<string> = new Set(["chat"]);
/** Events whose data is a person. */
const ofPerson: ReadonlySet<EventType> = new Set<EventType>([
  "contact.blocked",
  "contact.updated",
  "contact.picture",
  "contact.about",
  "contact.number_changed",
]);

/**
 * The event with one name for each chat and person in it, and beside it whatever was ever learned of who that is. `own`: the
 * account's JID, null while none is linked.
 */
export async function namedEvent(event: NewEvent, directory: PersonDirectory, own: string | null): Promise<NewEvent> {
  const given: Fields = event.data;
  const data: Fields = { ...given };
  if (event.chat !== null) await directory.meet(event.chat, event.at);
  for (const field of told) if (field in given) await name(data, field, directory);
  if (ofPerson.has(event.type)) Object.assign(data, await person(given, directory));
  if (isRecord(given["member"])) data["member"] = await person(given["member"], directory);
  if (Array.isArray(given["members"])) data["members"] = await people(given["members"], directory);
  for (const field of ["target", "comment_on", "reply_to"])
    if (isRecord(given[field])) data[field] = await messageIn(given[field], field === "reply_to", directory);
  if (isRecord(given["content"]) && isRecord(given["content"]["target"]))
    data["content"] = { ...given["content"], target: await messageIn(given["content"]["target"], false, directory) };
  if (Array.isArray(given["mentions"]) && event.type === "message.received")
    Object.assign(data, await mentioned(given["mentions"] as string[], directory, own));
  const chat = event.chat === null ? null : await directory.nameOf(event.chat);
  return { ...event, chat, data };
}

/** One field by the name that stays, and all names beside it. */
async function name(data: Fields, field: string, directory: PersonDirectory): Promise<void> {
  const jid = data[field];
  if (jid !== null && typeof jid !== "string") return;
  const who = jid === null ? null : await directory.personOf(jid);
  data[field] = who?.jid ?? null;
  data[`${field}_phone`] = who?.phone ?? null;
  data[`${field}_lid`] = who?.lid ?? null;
  if (!withoutUsername.has(field)) data[`${field}_username`] = who?.username ?? null;
}

/** What was told of somebody, and what is known beside. */
async function person(given: Fields, directory: PersonDirectory): Promise<Fields> {
  const { jid } = given;
  if (typeof jid !== "string") return given;
  const known = await directory.find(jid);
  return known ? { ...given, ...known } : given;
}

const people = (given: readonly unknown[], directory: PersonDirectory): Promise<unknown[]> =>
  Promise.all(given.map((one) => (isRecord(one) ? person(one, directory) : one)));

/** A message that is spoken of. */
async function messageIn(given: Fields, isQuote: boolean, directory: PersonDirectory): Promise<Fields> {
  const { sender, chat } = given;
  const data = { ...given };
  if (typeof sender === "string" && isPersonJid(sender)) {
    if (isQuote) await name(data, "sender", directory);
    else data["sender"] = await directory.nameOf(sender);
  }
  if (typeof chat === "string") data["chat"] = await directory.nameOf(chat);
  return data;
}

async function mentioned(wires: readonly string[], directory: PersonDirectory, own: string | null): Promise<Fields> {
  const all = await Promise.all(wires.map(async (wire) => ({ ...(await directory.personOf(wire)), wire })));
  const self = own === null ? null : await directory.nameOf(own);
  return {
    mentions: [...new Set(all.map(({ jid }) => jid))],
    mentioned: all,
    mentions_me: all.some(({ jid }) => jid === self),
  };
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
