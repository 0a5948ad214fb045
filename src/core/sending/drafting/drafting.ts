import { type Desk, invalid, targetOf } from "../../model/content/aim.ts";
import type { Context, MediaKind } from "../../model/content/content.ts";
import {
  checkContext,
  checkedContent,
  checkOptions,
  type DraftContext,
  type DraftKind,
  type DraftOf,
} from "../../model/content/draft.ts";
import { eventResponse, pollVote } from "./answer.ts";
import { contactCard, linkCard } from "./card.ts";
import { deletion, edit, windowOf } from "./change.ts";
import { contextOf } from "./context.ts";
import { event } from "./event.ts";
import { forwarded } from "./forward.ts";
import { menu } from "./menu.ts";
import { checkNumbered, checkPost } from "./post.ts";
import { checkStatus } from "./status.ts";
import type { Draft } from "../../model/message/message.ts";
import type { SentContent } from "../../model/content/sent.ts";
import { isChannelJid, isGroupJid, statusChat } from "../../model/recipient.ts";

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
  if (content.kind === "forward") return passedOn(content, beside, desk);
  checkPlace(content.kind, beside, desk);
  const maker = makers[content.kind] as Maker<Exclude<DraftKind, "forward">>;
  const made = await maker(content, desk);
  return { content: made, context: await contextOf(beside, made, desk), ...(await windowOf(made, desk)) };
}

async function passedOn(draft: DraftOf<"forward">, beside: DraftContext, desk: Desk): Promise<Prepared> {
  const stray = Object.keys(beside).find((field) => field !== "expires_in" && field !== "audience");
  if (stray !== undefined) throw invalid(stray, "goes with words of your own; leave it out of a forward");
  const { content, context } = await forwarded(draft, desk);
  checkPlace(content.kind, beside, desk);
  return { content, context: { ...(await contextOf(beside, content, desk)), ...context } };
}

/** Not everything can be said everywhere. Throws `invalid`. */
function checkPlace(kind: DraftKind, beside: DraftContext, { chat }: Desk): void {
  if (isChannelJid(chat)) checkPost(kind, beside);
  if (chat === statusChat) checkStatus(kind);
}

type Maker<K extends DraftKind> = (draft: DraftOf<K>, desk: Desk) => SentContent | Promise<SentContent>;

const file = (draft: DraftOf<MediaKind>, desk: Desk) => desk.file(draft);

/** One emoji as WhatsApp shows them; old symbols also without the mark that makes them colourful. */
const oneEmoji = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;

const makers = {
  text: async ({ text, preview }, desk) => {
    const card = preview === true ? await desk.preview(text) : preview ? await linkCard(text, preview, desk) : null;
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
  contacts: ({ contacts }) => ({ kind: "contacts", contacts: contacts.map(contactCard) }),
  group_invite({ expires_at: expires = null, ...draft }, { now }) {
    if (expires !== null && expires * 1000 <= now) throw invalid("content.expires_at", "takes a moment to come");
    return { ...draft, expires_at: expires };
  },
  poll({ question, options, selectable = 0 }) {
    if (new Set(options.map((option) => option.trim())).size < options.length)
      throw invalid("content.options", "takes 2 to 12 different answers");
    if (selectable > options.length)
      throw invalid("content.selectable", `takes 0 to ${options.length}, the number of options`);
    return { kind: "poll", question, options, selectable };
  },
  event,
  menu,
  async reaction({ target, emoji }, desk) {
    if (emoji && !oneEmoji.test(emoji))
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
  poll_vote: pollVote,
  event_response: eventResponse,
  timer({ seconds }, { chat }) {
    if (isGroupJid(chat))
      throw invalid("content.kind", "takes timer in a chat of two only; a group's timer is one of its settings");
    return { kind: "timer", seconds };
  },
} satisfies { [K in Exclude<DraftKind, "forward">]: Maker<K> };
