import { proto } from "@whiskeysockets/baileys/WAProto/index.js";

export type Content = proto.IMessage;

/** What a person says: plain text, or any message WhatsApp knows. */
export function contentOf(said: string | Content): Content {
  return typeof said === "string" ? { conversation: said } : said;
}

/** The words of a message: its text or caption. Undefined when it has none. */
export function textOfContent(content: Content | null | undefined): string | undefined {
  const inner = unwrap(content);
  return (
    inner?.conversation ||
    inner?.extendedTextMessage?.text ||
    inner?.imageMessage?.caption ||
    inner?.videoMessage?.caption ||
    inner?.documentMessage?.caption ||
    undefined
  );
}

/** The message inside wrappers such as "disappearing", "view once" and "document with caption". */
export function unwrap(content: Content | null | undefined): Content | undefined {
  let inner = content ?? undefined;
  for (let depth = 0; inner && depth < 5; depth++) {
    const wrapped =
      inner.ephemeralMessage ??
      inner.viewOnceMessage ??
      inner.viewOnceMessageV2 ??
      inner.documentWithCaptionMessage ??
      inner.editedMessage;
    if (!wrapped?.message) break;
    inner = wrapped.message;
  }
  return inner;
}

const MEDIA: readonly (readonly [keyof Content, string])[] = [
  ["imageMessage", "image"],
  ["videoMessage", "video"],
  ["audioMessage", "audio"],
  ["documentMessage", "document"],
  ["stickerMessage", "sticker"],
  ["contactMessage", "vcard"],
  ["contactsArrayMessage", "contact_array"],
  ["liveLocationMessage", "livelocation"],
];

/** The stanza's `type` and, for media, the `mediatype` of its `enc`, as clients set them. */
export function stanzaType(content: Content): { type: string; mediatype: string | undefined } {
  const inner = unwrap(content) ?? content;
  if (inner.reactionMessage || inner.encReactionMessage) return { type: "reaction", mediatype: undefined };
  if (
    inner.pollCreationMessage ||
    inner.pollCreationMessageV2 ||
    inner.pollCreationMessageV3 ||
    inner.pollUpdateMessage
  ) {
    return { type: "poll", mediatype: undefined };
  }
  for (const [field, mediatype] of MEDIA) {
    if (!inner[field]) continue;
    return { type: "media", mediatype: mediatype === "audio" && inner.audioMessage?.ptt ? "ptt" : mediatype };
  }
  return { type: "text", mediatype: undefined };
}
