import { asTarget, type Desk, invalid, known, look, targetOf } from "./aim.ts";
import { type Content, type Context, isAction, isMedia, type MediaKind } from "./content.ts";
import type { DraftKind, DraftOf } from "./draft.ts";
import { contextOf } from "./draft-context.ts";
import { checkContext, checkedContent, checkOptions } from "./draft.ts";
import type { CardDraft } from "./draft/text.ts";
import { Failure } from "./failure.ts";
import type { LinkPreview } from "./link-preview.ts";
import { menu } from "./drafting/menu.ts";
import type { Draft, SentContent } from "./message.ts";
import { postWindow, checkNumbered, checkPost } from "./posting.ts";
import { isChannelJid, isGroupJid, phoneNumber, recipient } from "./recipient.ts";
import { vcard } from "./vcard.ts";

export interface Prepared {
  content: SentContent;
  context: Context;
  /** WhatsApp takes it until then, milliseconds since 1970. */
  latest?: number;
}

/** Everything WhatsApp would refuse is refused here, before anything is queued, with a sentence that says what to change. */
export async function prepare(draft: Draft, desk: Desk): Promise<Prepared> {
  const { to: _, content: given, max_wait, send_at, ...beside } = draft;
  const content = checkedContent(given);
  checkOptions({ ...(max_wait === undefined ? {} : { max_wait }), ...(send_at === undefined ? {} : { send_at }) });
  checkContext(beside);
  if (content.kind === "forward") return { ...(await forwarded(content, desk)) };
  if (isChannelJid(desk.chat)) checkPost(content.kind, beside);
  const maker = makers[content.kind] as Maker<Exclude<DraftKind, "forward">>;
  const made = await maker(content, desk);
  return { content: made, context: await contextOf(beside, made, desk), ...(await windowOf(made, desk)) };
}

type Maker<K extends DraftKind> = (draft: DraftOf<K>, desk: Desk) => SentContent | Promise<SentContent>;

const file = (draft: DraftOf<MediaKind>, desk: Desk) => desk.file(draft);

const makers = {
  text: async ({ text, preview }, desk) => {
    const card = preview === true ? await desk.preview(text) : preview ? await cardOf(text, preview, desk) : null;
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
  menu,
  async reaction({ target, emoji }, desk) {
    if (emoji && [...new Intl.Segmenter().segment(emoji)].length !== 1)
      throw invalid("content.emoji", 'takes one emoji; null or "" takes the reaction back');
    const aimed = await targetOf(target, desk);
    if (isChannelJid(desk.chat)) checkNumbered(aimed);
    return { kind: "reaction", target: aimed, emoji: emoji || null };
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

/** How long after a message was sent WhatsApp lets its sender change it. */
const windows = {
  edit: { ms: 15 * 60_000, words: "edits for 15 minutes" },
  delete: { ms: 60 * 3_600_000, words: "a message back for 60 hours" },
};

async function windowOf(content: SentContent, desk: Desk): Promise<Pick<Prepared, "latest">> {
  if (content.kind !== "edit" && content.kind !== "delete") return {};
  const inChannel = isChannelJid(desk.chat);
  if (!inChannel && !content.target.from_me) return {};
  const found = await desk.find(desk.chat, content.target.id);
  if (!found) return {};
  const { ms, words } = inChannel ? postWindow : windows[content.kind];
  if (desk.now - found.at <= ms) return { latest: found.at + ms };
  throw new Failure("conflict", `WhatsApp takes ${words} after it was sent; this one would be later.`);
}

async function edit({ target, text }: DraftOf<"edit">, desk: Desk): Promise<SentContent> {
  const found = await look(target, desk);
  if (found && !found.fromMe && !isChannelJid(desk.chat))
    throw invalid("content.target", "takes a message that this account sent");
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
  const aimed = await targetOf(target, desk);
  if (!aimed.from_me && !isGroupJid(desk.chat) && !isChannelJid(desk.chat))
    throw invalid(
      "content.target",
      "takes a message that this account sent; others' can be deleted in groups, by admins",
    );
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

async function cardOf(text: string, { image, ...card }: CardDraft, desk: Desk): Promise<LinkPreview> {
  if (!text.includes(card.url)) throw invalid("content.preview.url", "takes an address that stands in the text");
  if (!image) return card;
  const { media_id: picture } = await desk.file({ kind: "image", ...image });
  return { ...card, media_id: picture };
}

function card({ name, phone, vcard: given }: DraftOf<"contacts">["contacts"][number]) {
  if ((phone === undefined) === (given === undefined))
    throw invalid("content.contacts", "takes cards of { name, phone } or { name, vcard }, one of the two");
  if (given !== undefined) return { name, phones: [], vcard: given };
  const digits = phoneNumber(phone ?? "", "content.contacts.phone");
  return { name, phones: [digits], vcard: vcard(name, digits) };
}
