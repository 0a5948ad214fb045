import { proto } from "@whiskeysockets/baileys";
import type { Context } from "../../core/model/content/content.ts";
import type { MessageRef } from "../../core/model/content/parts.ts";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import { withContext } from "./convert/context.ts";
import type { Uploaded, Writing } from "./convert/converter.ts";
import { only } from "./convert/fields.ts";
import { toMessage } from "./convert/index.ts";
import { isGroup } from "../wire/jid.ts";

const { MEDIA_ALBUM } = proto.MessageAssociation.AssociationType;

/** What writing looks up. */
export interface WritingPorts {
  /** Milliseconds since 1970. */
  now: number;
  /** 32 random bytes. */
  secret: Uint8Array;
  upload: Uploaded | null;
  /** The picture of a link's card. */
  thumbnail: Uint8Array | null;
  /** The message answered, as WhatsApp has it. */
  quoted: proto.IMessage | null;
}

/** A message as WhatsApp gets it. */
export function written(
  { chat, content, context }: OutgoingMessage,
  { now, secret, upload, thumbnail, quoted }: WritingPorts,
): proto.IMessage {
  const writing: Writing = {
    now,
    secret,
    upload,
    thumbnail,
    key: (target) => messageKeyOf(chat, target),
    other: (other) => toMessage(other as typeof content, writing),
  };
  // What stands beside an edit belongs to the new words inside it.
  if (content.kind === "edit") {
    const info = contextInfo(context, quoted);
    return toMessage(content, { ...writing, other: (other) => withContext(writing.other(other), info) });
  }
  const message = inAlbum(withContext(toMessage(content, writing), contextInfo(context, quoted)), chat, context.album);
  return context.view_once ? once(message) : message;
}

/**
 * A file of an album names the announcement beside itself, as phones and Baileys write it (Baileys#2058, 2025-12).
 * whatsapp-rust#449 (2026-03) puts it into an `associatedChildMessage` too; both are read.
 */
function inAlbum(message: proto.IMessage, chat: string, album: string | undefined): proto.IMessage {
  if (album === undefined) return message;
  const parentMessageKey = messageKeyOf(chat, { id: album, sender: null, from_me: true });
  const messageAssociation = { associationType: MEDIA_ALBUM, parentMessageKey };
  return { ...message, messageContextInfo: { messageAssociation } };
}

/** To be seen once: in the envelope that clients know for pictures and films, or the later one for sound. */
function once({ imageMessage, videoMessage, audioMessage, ...message }: proto.IMessage): proto.IMessage {
  if (audioMessage)
    return {
      viewOnceMessageV2Extension: { message: { ...message, audioMessage: { ...audioMessage, viewOnce: true } } },
    };
  const seen = imageMessage
    ? { imageMessage: { ...imageMessage, viewOnce: true } }
    : videoMessage && { videoMessage: { ...videoMessage, viewOnce: true } };
  return { viewOnceMessage: { message: { ...message, ...seen } } };
}

function contextInfo(context: Context, quoted: proto.IMessage | null): proto.IContextInfo {
  const { reply_to: reply, mentions, mentions_everyone: everyone, forwarded, expires_in: expiration } = context;
  return only({
    stanzaId: reply?.id,
    participant: reply?.sender,
    quotedMessage: reply && (quoted ?? wordsOf(reply.content)),
    mentionedJid: mentions,
    nonJidMentions: everyone ? 1 : undefined,
    forwardingScore: forwarded,
    isForwarded: forwarded ? true : undefined,
    expiration,
  });
}

/** A quote of a message whose own form is not at hand. */
function wordsOf(content: NonNullable<Context["reply_to"]>["content"]): proto.IMessage {
  const words = content && ("text" in content ? content.text : "caption" in content ? content.caption : undefined);
  return { conversation: words ?? "" };
}

/** WhatsApp's key of a message in `chat`, from our point of view: of our own it names no author. */
export function messageKeyOf(chat: string, { id, sender, from_me: fromMe }: MessageRef): proto.IMessageKey {
  return { remoteJid: chat, id, fromMe, ...(isGroup(chat) && sender && !fromMe ? { participant: sender } : {}) };
}

export const encoded = (message: proto.IMessage): Uint8Array =>
  proto.Message.encode(proto.Message.create(message)).finish();
