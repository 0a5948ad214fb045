import { proto } from "@whiskeysockets/baileys";
import type { Action, ActionKind } from "../../../core/model/content/action.ts";
import type { Content, ContentKind, Context } from "../../../core/model/content/content.ts";
import type { SentContent, SentKind } from "../../../core/model/content/sent.ts";
import { album } from "./album.ts";
import { audio, voice } from "./audio.ts";
import { call } from "./call.ts";
import { choice } from "./choice.ts";
import { contacts } from "./contacts.ts";
import { readContext } from "./context.ts";
import type { Converter, Reading, Writer, Writing } from "./converter.ts";
import { deletion } from "./delete.ts";
import { document } from "./document.ts";
import { edit } from "./edit.ts";
import { kindNames, opened } from "./envelopes.ts";
import { hasNewField } from "./new-field.ts";
import { event, eventResponse } from "./event.ts";
import { groupInvite } from "./group-invite.ts";
import { image } from "./image.ts";
import { keep } from "./keep.ts";
import { liveLocation, location } from "./location.ts";
import { menu } from "./menu.ts";
import { pin } from "./pin.ts";
import { poll, pollResult, pollVote } from "./poll.ts";
import { reaction } from "./reaction.ts";
import { sticker } from "./sticker.ts";
import { text } from "./text.ts";
import { timer } from "./timer.ts";
import { order, product } from "./trade.ts";
import { gif, video, videoNote } from "./video.ts";

/** Every kind but `unsupported`, which is what none of these reads. The first that reads a message wins. */
const contentReaders = {
  text,
  image,
  voice,
  audio,
  gif,
  video,
  video_note: videoNote,
  sticker,
  document,
  location,
  live_location: liveLocation,
  contacts,
  group_invite: groupInvite,
  poll,
  poll_result: pollResult,
  event,
  product,
  order,
  menu,
  choice,
  call,
  album,
} satisfies { [K in Exclude<ContentKind, "unsupported">]: Converter<K> };

const actionReaders = {
  reaction,
  edit,
  delete: deletion,
  poll_vote: pollVote,
  event_response: eventResponse,
  pin,
  keep,
  timer,
} satisfies { [K in ActionKind]: Converter<K> };

/** Every kind that can be sent. */
const writers = {
  text,
  image,
  voice,
  audio,
  gif,
  video,
  video_note: videoNote,
  sticker,
  document,
  reaction,
  edit,
  delete: deletion,
  location,
  live_location: liveLocation,
  contacts,
  group_invite: groupInvite,
  poll,
  event,
  menu,
  pin,
  keep,
  timer,
} satisfies { [K in Exclude<SentKind, "poll_vote" | "event_response">]: Writer<K> };

export interface Said {
  content: Content | Action;
  context: Context;
}

/** What a decrypted message says. Never throws: what we do not know is `unsupported`, by its own name. */
export function toContent(message: proto.IMessage, reading: Reading): Said {
  const open = opened(message);
  try {
    const content = action(open.message, reading) ?? carried(open.message, reading);
    return { content, context: readContext(open, reading) };
  } catch {
    return { content: unsupported(open.message), context: {} };
  }
}

/** What a message says that another one carries. An action inside a message is nothing anybody said. */
export function carried(message: proto.IMessage, reading: Reading): Content {
  const inner = opened(message).message;
  for (const reader of Object.values(contentReaders)) {
    const content = reader.read(inner, reading);
    if (content) return content;
  }
  return unsupported(inner);
}

function action(message: proto.IMessage, reading: Reading): Action | null {
  for (const reader of Object.values(actionReaders)) {
    const done = reader.read(message, reading);
    if (done) return done;
  }
  return null;
}

function unsupported(message: proto.IMessage): Content {
  return { kind: "unsupported", type: kindNames(message)[0] ?? "unknown" };
}

const { REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;
/** Of all that clients tell each other by protocol messages, what is news for people. */
const news: ReadonlySet<number> = new Set([REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING]);

/**
 * True of messages that carry no news for people: keys, history and other errands between clients. `wire` is the message
 * as it came: what is too new for us is news.
 */
export function isErrand(message: proto.IMessage, wire = new Uint8Array()): boolean {
  const inner = opened(message).message;
  const [first, ...more] = kindNames(inner);
  if (first === undefined) return !hasNewField(wire);
  if (more.length > 0) return false;
  if (first === "protocolMessage") return !news.has(inner.protocolMessage?.type ?? REVOKE);
  return first === "stickerSyncRmrMessage";
}

/** The message WhatsApp gets for a content. Votes and answers are encrypted first: see `votes.ts`. */
export function toMessage(content: SentContent, writing: Writing): proto.IMessage {
  const writer = writers[content.kind as keyof typeof writers] as Writer<ContentKind | ActionKind>;
  return writer.write(content, writing);
}
