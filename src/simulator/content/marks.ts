import { type MessageContent, stanzaType, unwrapContent } from "./content.ts";

/** What stanza and ciphertext of a message must be marked with; `mayBeText` where clients have long sent plain text too. */
export interface RealMarks {
  readonly type: "text" | "media" | "reaction" | "poll" | "event";
  readonly mediatype: string | undefined;
  readonly mayBeText: boolean;
}

const KINDS: readonly (readonly [keyof MessageContent, string, "media" | "soft"])[] = [
  ["imageMessage", "image", "media"],
  ["stickerMessage", "sticker", "media"],
  ["lottieStickerMessage", "sticker", "media"],
  ["stickerPackMessage", "sticker_pack", "media"],
  ["videoMessage", "video", "media"],
  ["ptvMessage", "ptv", "media"],
  ["audioMessage", "audio", "media"],
  ["documentMessage", "document", "media"],
  ["contactMessage", "vcard", "media"],
  ["contactsArrayMessage", "contact_array", "media"],
  ["locationMessage", "location", "soft"],
  ["liveLocationMessage", "livelocation", "soft"],
  ["groupInviteMessage", "url", "soft"],
];

/** The marks by the innermost message, as WhatsApp's own clients set them. */
export function realMarks(content: MessageContent): RealMarks {
  const inner = unwrapContent(content) ?? content;
  const plain = { mediatype: undefined, mayBeText: false };
  const found = KINDS.find(([field]) => inner[field]);
  if (found) return { type: "media", mediatype: finer(found[1], inner), mayBeText: found[2] === "soft" };
  if (inner.extendedTextMessage?.matchedText) return { type: "media", mediatype: "url", mayBeText: true };
  return { ...plain, type: stanzaType(content).type };
}

function finer(mediatype: string, { audioMessage, videoMessage }: MessageContent): string {
  if (mediatype === "audio" && audioMessage?.ptt) return "ptt";
  return mediatype === "video" && videoMessage?.gifPlayback ? "gif" : mediatype;
}
