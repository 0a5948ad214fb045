import { proto } from "@whiskeysockets/baileys";
import { unwrap } from "../codec/convert/envelopes.ts";

/** What stanza and ciphertexts say of the message in them. */
export interface StanzaMarks {
  /** The stanza's. */
  readonly type: "text" | "media" | "reaction" | "poll" | "event";
  /** The ciphertext's; WhatsApp drops media without it. */
  readonly mediatype: string | null;
  /** A reader that cannot decrypt it shows nothing. */
  readonly hides: boolean;
}

type Field = keyof proto.IMessage;

/** WhatsApp Web's names of what is shown (whatsapp-rust classify.rs, whatsmeow send.go and zapo, 2026-08). */
const media: readonly (readonly [Field, string])[] = [
  ["imageMessage", "image"],
  ["stickerMessage", "sticker"],
  ["stickerPackMessage", "sticker_pack"],
  ["ptvMessage", "ptv"],
  ["videoMessage", "video"],
  ["audioMessage", "audio"],
  ["documentMessage", "document"],
  ["locationMessage", "location"],
  ["liveLocationMessage", "livelocation"],
  ["contactMessage", "vcard"],
  ["contactsArrayMessage", "contact_array"],
  ["groupInviteMessage", "url"],
  ["listMessage", "list"],
  ["listResponseMessage", "list_response"],
  ["buttonsResponseMessage", "buttons_response"],
  ["orderMessage", "order"],
  ["productMessage", "product"],
  ["interactiveResponseMessage", "native_flow_response"],
];
const polls: readonly Field[] = [
  "pollCreationMessage",
  "pollCreationMessageV2",
  "pollCreationMessageV3",
  "pollCreationMessageV5",
  "pollUpdateMessage",
];
const hidden: readonly Field[] = [
  "reactionMessage",
  "encReactionMessage",
  "pollUpdateMessage",
  "pinInChatMessage",
  "keepInChatMessage",
  "encCommentMessage",
  "encEventResponseMessage",
  "secretEncryptedMessage",
];
const { MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;
const { EVENT_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;

/** By the innermost message. `isBusiness`: the stanza has a `biz` child, with which media would be refused (479). Pure. */
export function marksOf(message: proto.IMessage, isBusiness = false): StanzaMarks {
  const { message: inner } = unwrap(message);
  const has = (field: Field): boolean => inner[field] != null;
  const hides = hidden.some(has) || inner.protocolMessage?.type === MESSAGE_EDIT;
  const mediatype = isBusiness ? null : mediaTypeOf(inner);
  return { type: mediatype === null ? typeOf(inner) : "media", mediatype, hides };
}

function typeOf(inner: proto.IMessage): StanzaMarks["type"] {
  const has = (field: Field): boolean => inner[field] != null;
  if (has("reactionMessage") || has("encReactionMessage")) return "reaction";
  if (polls.some(has)) return "poll";
  const { secretEncryptedMessage: sealed } = inner;
  if (sealed && Number(sealed.secretEncType) > 3) return "poll";
  if (has("eventMessage") || has("encEventResponseMessage") || sealed?.secretEncType === EVENT_EDIT) return "event";
  return "text";
}

function mediaTypeOf(inner: proto.IMessage): string | null {
  const [field, name] = media.find(([each]) => inner[each] != null) ?? [];
  if (field === "audioMessage" && inner.audioMessage?.ptt) return "ptt";
  if (field === "videoMessage" && inner.videoMessage?.gifPlayback) return "gif";
  if (name !== undefined) return name;
  return inner.extendedTextMessage?.matchedText ? "url" : null;
}

/** The attributes of its ciphertexts. */
export function cipherMarks({ mediatype, hides }: StanzaMarks): Record<string, string> {
  return { ...(mediatype === null ? {} : { mediatype }), ...(hides ? { "decrypt-fail": "hide" } : {}) };
}
