import { proto } from "@whiskeysockets/baileys/WAProto/index.js";

export type MessageContent = proto.IMessage;

/** What a person says: plain text, or any message WhatsApp knows. */
export function contentOf(said: string | MessageContent): MessageContent {
  return typeof said === "string" ? { conversation: said } : said;
}

/** The words of a message: its text or caption. Undefined when it has none. */
export function textOfContent(content: MessageContent | null | undefined): string | undefined {
  const inner = unwrapContent(content);
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
export function unwrapContent(content: MessageContent | null | undefined): MessageContent | undefined {
  let inner = content ?? undefined;
  for (let depth = 0; inner && depth < 5; depth++) {
    const wrapped =
      inner.ephemeralMessage ??
      inner.viewOnceMessage ??
      inner.viewOnceMessageV2 ??
      inner.viewOnceMessageV2Extension ??
      inner.documentWithCaptionMessage ??
      inner.editedMessage;
    if (!wrapped?.message) break;
    inner = wrapped.message;
  }
  return inner;
}

const MEDIA: readonly (readonly [keyof MessageContent, string])[] = [
  ["imageMessage", "image"],
  ["videoMessage", "video"],
  ["ptvMessage", "ptv"],
  ["audioMessage", "audio"],
  ["documentMessage", "document"],
  ["stickerMessage", "sticker"],
  ["contactMessage", "vcard"],
  ["contactsArrayMessage", "contact_array"],
  ["liveLocationMessage", "livelocation"],
];

/** How a message's stanza and ciphertext are marked for what they hold, as clients mark them. */
export interface Marks {
  /** The stanza's `type`. */
  readonly type: "text" | "media" | "reaction" | "poll" | "event";
  /** The stanza's `edit`: 1 edited, 7 deleted by its author, 8 deleted by an admin. */
  readonly edit: "1" | "7" | "8" | undefined;
  readonly mediatype: string | undefined;
  /** Whether a reader that cannot decrypt it shows nothing at all. */
  readonly "decrypt-fail": "hide" | undefined;
}

export function stanzaType(content: MessageContent): Marks {
  const inner = unwrapContent(content) ?? content;
  const plain = { edit: undefined, mediatype: undefined, "decrypt-fail": undefined };
  if (inner.reactionMessage || inner.encReactionMessage) return { ...plain, type: "reaction", "decrypt-fail": "hide" };
  if (
    inner.pollCreationMessage ||
    inner.pollCreationMessageV2 ||
    inner.pollCreationMessageV3 ||
    inner.pollUpdateMessage
  ) {
    return { ...plain, type: "poll" };
  }
  const { protocolMessage, secretEncryptedMessage: sealed } = inner;
  if (sealed) return sealedMarks(Number(sealed.secretEncType));
  if (inner.encCommentMessage) return { ...plain, type: "text", "decrypt-fail": "hide" };
  if (inner.encEventResponseMessage) return { ...plain, type: "event", "decrypt-fail": "hide" };
  if (inner.eventMessage) return { ...plain, type: "event" };
  if (protocolMessage?.type === proto.Message.ProtocolMessage.Type.MESSAGE_EDIT) {
    return { ...plain, type: "text", edit: "1", "decrypt-fail": "hide" };
  }
  if (protocolMessage?.type === proto.Message.ProtocolMessage.Type.REVOKE) {
    return { ...plain, type: "text", edit: protocolMessage.key?.fromMe === false ? "8" : "7", "decrypt-fail": "hide" };
  }
  for (const [field, mediatype] of MEDIA) {
    if (!inner[field]) continue;
    return { ...plain, type: "media", mediatype: finer(mediatype, inner) };
  }
  return { ...plain, type: "text" };
}

/** Of a `secretEncryptedMessage`: 1 edits an event, 2 a message, 4 and 5 a poll. */
function sealedMarks(kind: number): Marks {
  const type = kind === 1 ? "event" : kind === 4 || kind === 5 ? "poll" : "text";
  return { type, edit: kind <= 2 ? "1" : undefined, mediatype: undefined, "decrypt-fail": "hide" };
}

function finer(mediatype: string, { audioMessage, videoMessage }: MessageContent): string {
  if (mediatype === "audio" && audioMessage?.ptt) return "ptt";
  return mediatype === "video" && videoMessage?.gifPlayback ? "gif" : mediatype;
}
