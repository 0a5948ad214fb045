import type { Account } from "./connector.ts";
import { type Content, type Context, isAction, isMedia, type MediaContent, type MediaKind } from "./content.ts";
import type { Target } from "./content/parts.ts";
import type { DraftContext, DraftKind, DraftOf, TargetDraft } from "./draft.ts";
import { checkContext, checkedContent, checkOptions } from "./draft.ts";
import { Failure } from "./failure.ts";
import type { LinkPreview } from "./link-preview.ts";
import type { Draft, SentContent } from "./message.ts";
import { isGroupJid, phoneNumber, recipient } from "./recipient.ts";
import { vcard } from "./vcard.ts";

/** A message of a chat as far as it is known here. */
export interface Known {
  id: string;
  sender: string;
  fromMe: boolean;
  /** Milliseconds since 1970. */
  at: number;
  content: Content | null;
  context: Context;
}

/** What drafting asks about the world. */
export interface Desk {
  /** The chat written to. */
  chat: string;
  account: Account;
  now: number;
  /** A message by WhatsApp's id or ours. */
  find(chat: string, id: string): Promise<Known | null>;
  /** The file of a draft, checked, converted and stored. */
  file(draft: DraftOf<MediaKind>): Promise<MediaContent>;
  /** What a link shows, or null when nothing can be learned. */
  preview(text: string): Promise<LinkPreview | null>;
}

export interface Prepared {
  content: SentContent;
  context: Context;
}

/** Everything WhatsApp would refuse is refused here, before anything is queued, with a sentence that says what to change. */
export async function prepare(draft: Draft, desk: Desk): Promise<Prepared> {
  const { to: _, content: given, max_wait, ...beside } = draft;
  const content = checkedContent(given);
  checkOptions(max_wait === undefined ? {} : { max_wait });
  checkContext(beside);
  if (content.kind === "forward") return { ...(await forwarded(content, desk)) };
  const maker = makers[content.kind] as Maker<Exclude<DraftKind, "forward">>;
  const made = await maker(content, desk);
  return { content: made, context: await contextOf(beside, made, desk) };
}

type Maker<K extends DraftKind> = (draft: DraftOf<K>, desk: Desk) => SentContent | Promise<SentContent>;

const file = (draft: DraftOf<MediaKind>, desk: Desk) => desk.file(draft);

const makers = {
  text: async ({ text, preview }, desk) => {
    const card = preview === true ? await desk.preview(text) : preview || null;
    return { kind: "text", text, ...(card ? { preview: card } : {}) };
  },
  image: file,
  video: file,
  gif: file,
  video_note: file,
  audio: file,
  voice: file,
  document: file,
  sticker: file,
  location: (draft) => draft,
  live_location: (draft) => draft,
  contacts: ({ contacts }) => ({ kind: "contacts", contacts: contacts.map(card) }),
  group_invite: ({ expires_at: expires = null, ...draft }) => ({ ...draft, expires_at: expires }),
  poll({ question, options, selectable = 0 }) {
    if (selectable > options.length)
      throw invalid("content.selectable", `takes 0 to ${options.length}, the number of options`);
    return { kind: "poll", question, options, selectable };
  },
  event({ cancelled = false, extra_guests: guests = false, ...draft }) {
    if (draft.end_at !== undefined && draft.end_at <= draft.start_at)
      throw invalid("content.end_at", "takes a time after start_at");
    return { ...draft, cancelled, extra_guests: guests };
  },
  async reaction({ target, emoji }, desk) {
    if (emoji && [...new Intl.Segmenter().segment(emoji)].length !== 1)
      throw invalid("content.emoji", 'takes one emoji; null or "" takes the reaction back');
    return { kind: "reaction", target: await targetOf(target, desk), emoji: emoji || null };
  },
  edit,
  delete: deletion,
  async pin({ target, pinned = true, seconds = 604_800 }, desk) {
    return { kind: "pin", target: await targetOf(target, desk), pinned, seconds: pinned ? seconds : null };
  },
  async keep({ target, kept = true }, desk) {
    return { kind: "keep", target: await targetOf(target, desk), kept };
  },
  async poll_vote({ target, options }, desk) {
    const poll = await known(target, desk, "poll");
    const strange = options.find((option) => !poll.content.options.includes(option));
    if (strange !== undefined)
      throw invalid("content.options", `takes answers of this poll: ${poll.content.options.join(", ")}`);
    const most = poll.content.selectable || poll.content.options.length;
    if (options.length > most) throw invalid("content.options", `takes at most ${most} of this poll's answers`);
    return { kind: "poll_vote", target: asTarget(poll), options };
  },
  async event_response({ target, response, extra_guests: guests = 0 }, desk) {
    const event = await known(target, desk, "event");
    return { kind: "event_response", target: asTarget(event), response, extra_guests: guests };
  },
  timer({ seconds }, { chat }) {
    if (isGroupJid(chat))
      throw invalid("content.kind", "takes timer in a chat of two only; a group's timer is one of its settings");
    return { kind: "timer", seconds };
  },
} satisfies { [K in Exclude<DraftKind, "forward">]: Maker<K> };

/** How long after sending WhatsApp takes a change. */
const editMs = 15 * 60_000;
const deleteMs = 60 * 3_600_000;

async function edit({ target, text }: DraftOf<"edit">, desk: Desk): Promise<SentContent> {
  const found = await look(target, desk);
  if (found && !found.fromMe) throw invalid("content.target", "takes a message that this account sent");
  if (found && desk.now - found.at > editMs)
    throw new Failure("conflict", "WhatsApp takes edits for 15 minutes after a message was sent; this one is older.");
  const before = found?.content;
  if (
    before &&
    isMedia(before) &&
    !("caption" in before) &&
    ["audio", "voice", "sticker", "video_note"].includes(before.kind)
  )
    throw invalid("content.target", `takes a message with words; a ${before.kind} has none`);
  const content: Content =
    before && isMedia(before) ? ({ ...before, caption: text } as Content) : { kind: "text", text };
  return { kind: "edit", target: { ...(await targetOf(target, desk)), from_me: true }, content };
}

async function deletion({ target }: DraftOf<"delete">, desk: Desk): Promise<SentContent> {
  const found = await look(target, desk);
  const aimed = await targetOf(target, desk);
  if (!aimed.from_me && !isGroupJid(desk.chat))
    throw invalid(
      "content.target",
      "takes a message that this account sent; others' can be deleted in groups, by admins",
    );
  if (found?.fromMe && desk.now - found.at > deleteMs)
    throw new Failure("conflict", "WhatsApp takes a message back for 60 hours after it was sent; this one is older.");
  return { kind: "delete", target: aimed };
}

async function forwarded({ target, chat }: DraftOf<"forward">, desk: Desk): Promise<Prepared> {
  const from = chat === undefined ? desk.chat : recipient(chat);
  const id = typeof target === "string" ? target : target.id;
  const found = await desk.find(from, id);
  if (!found?.content)
    throw new Failure("not_found", 'There is no such message in that chat here; "content.chat" says in which it is.', {
      field: "content.target",
    });
  const { content, context } = found;
  if (isAction(content) || !sendable(content))
    throw invalid("content.target", `takes a message that can be sent; a ${content.kind} cannot`);
  const forwarded = (context.forwarded ?? 0) + (found.fromMe ? 0 : 1);
  return { content, context: forwarded > 0 ? { forwarded } : {} };
}

const notSendable: ReadonlySet<string> = new Set([
  "unsupported",
  "menu",
  "choice",
  "product",
  "order",
  "call",
  "album",
  "poll_result",
]);
const sendable = (content: Content): content is Content & SentContent => !notSendable.has(content.kind);

async function contextOf(given: DraftContext, content: SentContent, desk: Desk): Promise<Context> {
  if (desk.chat === statusChat && !given.audience?.length)
    throw invalid("audience", "is missing: a status post takes the people who may see it");
  if (desk.chat !== statusChat && given.audience) throw invalid("audience", "is for status posts; leave it out here");
  const { reply_to: reply, mentions, mentions_everyone: everyone, view_once: once, expires_in: expires } = given;
  if (isAction(content) && Object.keys(given).length > 0)
    throw invalid(Object.keys(given)[0] ?? "", `goes with something said; leave it out of a ${content.kind}`);
  if (everyone && !isGroupJid(desk.chat)) throw invalid("mentions_everyone", "is for groups; leave it out here");
  if (once && !["image", "video", "audio", "voice"].includes(content.kind))
    throw invalid("view_once", "is for image, video, audio and voice; leave it out here");
  return {
    ...(reply === undefined ? {} : { reply_to: await replyTo(reply, desk) }),
    ...(mentions?.length ? { mentions: mentions.map((who) => named(who, "mentions")) } : {}),
    ...(everyone ? { mentions_everyone: true } : {}),
    ...(once ? { view_once: true } : {}),
    ...(expires === undefined ? {} : { expires_in: expires }),
    ...(given.audience ? { audience: given.audience.map((who) => named(who, "audience")) } : {}),
  };
}

/** Where status posts (stories) go. */
const statusChat = "status@broadcast";

function named(who: string, field: string): string {
  try {
    return recipient(who);
  } catch {
    throw invalid(field, 'takes phone numbers with country code ("628123456789"), JIDs or LIDs');
  }
}

async function replyTo(reply: TargetDraft, desk: Desk): Promise<NonNullable<Context["reply_to"]>> {
  const found = await look(reply, desk);
  const { id, sender } = await targetOf(reply, desk, "reply_to");
  return { id, sender, content: found?.content ?? null };
}

const look = (target: TargetDraft, desk: Desk) => desk.find(desk.chat, typeof target === "string" ? target : target.id);

async function known<K extends Content["kind"]>(target: TargetDraft, desk: Desk, kind: K) {
  const found = await look(target, desk);
  if (!found)
    throw new Failure("not_found", `There is no such ${kind} in this chat here.`, { field: "content.target" });
  if (found.content?.kind !== kind)
    throw invalid("content.target", `takes the id of ${kind === "event" ? "an event" : `a ${kind}`}`);
  return found as Known & { content: Extract<Content, { kind: K }> };
}

export const asTarget = ({ id, sender, fromMe }: Pick<Known, "id" | "sender" | "fromMe">): Target => ({
  id,
  sender,
  from_me: fromMe,
});

/** The message meant; one that is not known here is taken as the caller describes it. */
async function targetOf(target: TargetDraft, desk: Desk, field = "content.target"): Promise<Target> {
  const given = typeof target === "string" ? { id: target } : target;
  const found = await desk.find(desk.chat, given.id);
  if (found) return asTarget(found);
  const fromMe = given.from_me ?? false;
  if (fromMe) return { id: given.id, sender: desk.account.jid, from_me: true };
  if (given.sender !== undefined) return { id: given.id, sender: recipient(given.sender), from_me: false };
  if (!isGroupJid(desk.chat)) return { id: given.id, sender: desk.chat, from_me: false };
  throw invalid(field, "names a message this server has never seen: in a group, say { id, sender }");
}

function card({ name, phone, vcard: given }: DraftOf<"contacts">["contacts"][number]) {
  if ((phone === undefined) === (given === undefined))
    throw invalid("content.contacts", "takes cards of { name, phone } or { name, vcard }, one of the two");
  if (given !== undefined) return { name, phones: [], vcard: given };
  const digits = phoneNumber(phone ?? "", "content.contacts.phone");
  return { name, phones: [digits], vcard: vcard(name, digits) };
}

function invalid(field: string, sentence: string): Failure {
  return new Failure("invalid", `"${field}" ${sentence}.`, { field });
}
