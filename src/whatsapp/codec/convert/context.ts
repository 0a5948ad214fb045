import { proto } from "@whiskeysockets/baileys";
import { bare } from "../../wire/jid.ts";
import type { WebMessage } from "../definition/web-message.ts";
import type { Context } from "../../../core/model/content/content.ts";
import type { Reading } from "./converter.ts";
import { kindNames, type Unwrapped } from "./envelopes.ts";
import { only, some } from "./fields.ts";

/** More than a group may have members. */
const mostMentions = 2_048;
const { MEDIA_ALBUM } = proto.MessageAssociation.AssociationType;

/** What a message says beside its content. */
export function readContext({ message, viewOnce, spoiler, commentOn }: Unwrapped, reading: Reading): Context {
  const info = contextInfoOf(message);
  const association = message.messageContextInfo?.messageAssociation;
  // A client may name a device or a hosted form: a person is meant.
  const mentions = info?.mentionedJid?.slice(0, mostMentions).map(bare);
  return only({
    reply_to: info?.stanzaId ? quoted(info, info.stanzaId, reading) : answered(message, reading),
    ad: info ? adOf(info) : undefined,
    mentions: mentions?.length ? mentions : undefined,
    mentions_everyone: info?.nonJidMentions ? true : undefined,
    forwarded: some(info?.forwardingScore) ?? (info?.isForwarded ? 1 : undefined),
    view_once: isViewOnce(message, viewOnce) ? true : undefined,
    spoiler: spoiler || isSpoiler(info) ? true : undefined,
    expires_in: some(info?.expiration),
    comment_on: commentOn ? reading.target(commentOn) : undefined,
    album: association?.associationType === MEDIA_ALBUM ? association.parentMessageKey?.id : undefined,
  });
}

/** Field 73 of the newest definition. */
const isSpoiler = (info: proto.IContextInfo | null): boolean =>
  info !== null && "isSpoiler" in info && info.isSpoiler === true;

function quoted(info: proto.IContextInfo, id: string, { other }: Reading): NonNullable<Context["reply_to"]> {
  const sender = info.participant ? bare(info.participant) : null;
  const content = info.quotedMessage ? other(info.quotedMessage, id, sender) : null;
  return { id, sender, content, ...(info.remoteJid ? { chat: bare(info.remoteJid) } : {}) };
}

/** An answer to a question of a channel or a status names it by its key. */
function answered(message: WebMessage, { target }: Reading): Context["reply_to"] {
  const {
    questionResponseMessage: answer,
    statusQuestionAnswerMessage: onStatus,
    statusQuotedMessage: quote,
  } = message;
  const key = answer?.key ?? onStatus?.key ?? quote?.originalStatusId;
  if (!key?.id) return undefined;
  const { id, sender } = target(key);
  return { id, sender, content: null, ...(key.remoteJid ? { chat: bare(key.remoteJid) } : {}) };
}

/** The ad that was clicked, and other ways into a chat (Baileys#2354). */
function adOf(info: proto.IContextInfo): Context["ad"] {
  const { externalAdReply: ad, entryPointConversionSource: entry, entryPointConversionApp: app } = info;
  const isAd = Boolean(ad?.ctwaClid || ad?.sourceId);
  const found = only({
    ...(isAd ? { id: ad?.sourceId, url: ad?.sourceUrl, title: ad?.title, text: ad?.body, click_id: ad?.ctwaClid } : {}),
    source: isAd ? ad?.sourceType : undefined,
    app: ad?.sourceApp || app,
    entry_point: entry || info.entryPointConversionExternalSource,
  });
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Where a message's kinds keep their context. */
export function contextInfoOf(message: proto.IMessage): proto.IContextInfo | null {
  for (const name of kindNames(message)) {
    const said: unknown = message[name as keyof proto.IMessage];
    if (typeof said === "object" && said !== null && "contextInfo" in said) {
      return (said as { contextInfo?: proto.IContextInfo | null }).contextInfo ?? null;
    }
  }
  return null;
}

/** Businesses wrap their menus in the same envelope, which means nothing there. */
function isViewOnce({ imageMessage, videoMessage, audioMessage }: proto.IMessage, wrapped: boolean): boolean {
  const file = imageMessage ?? videoMessage ?? audioMessage;
  return file != null && (wrapped || file.viewOnce === true);
}

/** The same message saying `info` beside its content. */
export function withContext(message: proto.IMessage, info: proto.IContextInfo): proto.IMessage {
  if (Object.keys(info).length === 0) return message;
  const [name] = kindNames(message);
  if (name === undefined) return message;
  if (name === "documentWithCaptionMessage") {
    return { documentWithCaptionMessage: { message: withContext(message[name]?.message ?? {}, info) } };
  }
  const said = message[name as keyof proto.IMessage];
  return typeof said === "object" ? { ...message, [name]: { ...said, contextInfo: info } } : message;
}
