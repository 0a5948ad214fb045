import type { Account } from "../account.ts";
import type { Content, Context, MediaContent, MediaKind, LinkPreview } from "./content.ts";
import type { MessageRef } from "./parts.ts";
import type { DraftOf, TargetDraft } from "./draft.ts";
import { Failure } from "../../base/failure.ts";
import { isChannelJid, isGroupJid, isPersonJid, recipient } from "../recipient.ts";

/** A message of a chat as far as it is known here. */
export interface KnownMessage {
  id: string;
  chat: string;
  sender: string;
  /** Chat and sender as WhatsApp named them. */
  addressed?: { chat: string; sender: string };
  fromMe: boolean;
  /** Milliseconds since 1970. */
  at: number;
  /** Of a post in a channel. */
  serverId?: number | null;
  content: Content | null;
  context: Context;
  /** Taken back since, milliseconds since 1970. */
  deletedAt?: number | null;
}

/** A message as a caller names it: by its author too, where an id alone is not enough. */
export interface TargetName {
  id: string;
  /** A JID. */
  sender?: string | null | undefined;
  from_me?: boolean | undefined;
}

/** What drafting asks about the world. */
export interface DraftLookups {
  /** The chat written to. */
  chat: string;
  account: Account;
  now: number;
  /** A message by WhatsApp's id or ours. Throws `invalid` for an id that needs its author beside it. */
  find(chat: string, target: TargetName): Promise<KnownMessage | null>;
  /** The other chat that a message of this id is in; null when it is in `chat` or known nowhere. */
  elsewhere(chat: string, id: string): Promise<string | null>;
  /** The file of a draft, checked, converted and stored. */
  file(draft: DraftOf<MediaKind>): Promise<MediaContent>;
  /** What a link shows, or null when nothing can be learned. */
  preview(text: string): Promise<LinkPreview | null>;
}

/** The message a draft speaks of, when it is known here. Throws `invalid` for one of another chat. */
export async function lookUp(
  target: TargetDraft,
  desk: DraftLookups,
  field = "content.target",
): Promise<KnownMessage | null> {
  const { id, sender, from_me } = typeof target === "string" ? { id: target } : target;
  const other = await desk.elsewhere(desk.chat, id);
  const by = sender === undefined ? undefined : senderOf(sender, `${field}.sender`);
  if (other === null) return desk.find(desk.chat, { id, sender: by, from_me });
  throw invalid(field, `names a message of another chat, ${other}: what speaks of it is sent there`);
}

/** The same, of one kind. Throws `not_found`, `invalid`. */
export async function lookUpKind<K extends Content["kind"]>(target: TargetDraft, desk: DraftLookups, kind: K) {
  const found = await lookUp(target, desk);
  if (!found)
    throw new Failure("not_found", `There is no such ${kind} in this chat here.`, { field: "content.target" });
  if (found.content?.kind !== kind)
    throw invalid("content.target", `takes the id of ${kind === "event" ? "an event" : `a ${kind}`}`);
  return found as KnownMessage & { content: Extract<Content, { kind: K }> };
}

export const asMessageRef = ({
  id,
  sender,
  fromMe,
  serverId,
}: Pick<KnownMessage, "id" | "sender" | "fromMe" | "serverId">): MessageRef => ({
  id,
  sender,
  from_me: fromMe,
  ...(serverId ? { server_id: serverId } : {}),
});

/** The message meant; one that is not known here is taken as the caller describes it. */
export async function messageRefOf(
  target: TargetDraft,
  desk: DraftLookups,
  field = "content.target",
): Promise<MessageRef> {
  const given: Exclude<TargetDraft, string> = typeof target === "string" ? { id: target } : target;
  const found = await lookUp(given, desk, field);
  if (found?.deletedAt) throw new Failure("conflict", "That message was deleted.", { field });
  if (found) return asMessageRef(found);
  const fromMe = given.from_me ?? false;
  if (isChannelJid(desk.chat)) return post({ ...given, from_me: fromMe }, desk.chat);
  if (fromMe) return { id: given.id, sender: desk.account.jid, from_me: true };
  if (given.sender !== undefined)
    return { id: given.id, sender: senderOf(given.sender, `${field}.sender`), from_me: false };
  if (!isGroupJid(desk.chat)) return { id: given.id, sender: desk.chat, from_me: false };
  throw invalid(field, "names a message this server has never seen: in a group, say { id, sender }");
}

function senderOf(given: string, field: string): string {
  const sender = recipient(given, field);
  if (isPersonJid(sender)) return sender;
  throw invalid(field, "takes the person who said it: a phone number, a JID or a LID");
}

function post({ id, server_id: serverId, from_me }: Exclude<TargetDraft, string> & { from_me: boolean }, chat: string) {
  return { id, sender: chat, from_me, ...(serverId === undefined ? {} : { server_id: serverId }) };
}

/** The message a draft answers. */
export async function replyTo(reply: TargetDraft, desk: DraftLookups): Promise<NonNullable<Context["reply_to"]>> {
  const found = await lookUp(reply, desk, "reply_to");
  const { id, sender } = await messageRefOf(reply, desk, "reply_to");
  return { id, sender, content: found?.content ?? null };
}

/** The caller's own, unless they say otherwise: who shares its id with it is not meant. */
export async function ownFirst(target: TargetDraft, desk: DraftLookups): Promise<TargetDraft> {
  if (typeof target !== "string" || isChannelJid(desk.chat)) return target;
  return (await desk.find(desk.chat, { id: target, from_me: true })) ? { id: target, from_me: true } : target;
}

export function invalid(field: string, sentence: string): Failure {
  return new Failure("invalid", `"${field}" ${sentence}.`, { field });
}
