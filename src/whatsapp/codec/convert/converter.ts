import type { BinaryNode, proto } from "@whiskeysockets/baileys";
import type { ActionKind, ActionOf } from "../../../core/model/content/action.ts";
import type { Content, ContentKind, ContentOf } from "../../../core/model/content/content.ts";
import type { WebMessage } from "../definition/web-message.ts";
import type { MessageRef } from "../../../core/model/content/parts.ts";

/** What reading a message takes besides the message. */
export interface Reading {
  /** Names the file that the message carries, should it carry one. */
  readonly mediaId: string;
  /** Another message, from the account's point of view; WhatsApp's keys are from the sender's. */
  readonly target: (key: proto.IMessageKey | null | undefined) => MessageRef;
  /** What another message says that this one carries: quoted, or as it is after an edit. */
  readonly other: (message: proto.IMessage, id: string, sender: string | null) => Content;
}

/** What a file became on WhatsApp's servers, in the fields all kinds of media share; one for a channel is not sealed. */
export interface Uploaded {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey?: Uint8Array;
  readonly mediaKeyTimestamp?: number;
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256?: Uint8Array;
  readonly fileLength: number;
  readonly jpegThumbnail?: Uint8Array;
}

/** What writing a message takes besides its content. */
export interface Writing {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** 32 random bytes that votes and answers to this message are encrypted with. */
  readonly secret: Uint8Array;
  /** The file of a kind that has one. */
  readonly upload: Uploaded | null;
  /** The picture of a link's card, a small JPEG. */
  readonly thumbnail: Uint8Array | null;
  /** WhatsApp's key of another message in the same chat. */
  readonly key: (target: MessageRef) => proto.IMessageKey;
  /** The message that replaces another one's. */
  readonly other: (content: Content) => proto.IMessage;
}

type Of<K> = K extends ContentKind ? ContentOf<K> : K extends ActionKind ? ActionOf<K> : never;

/** One kind, both ways. `read` is pure, never throws and answers null for a message of another kind. */
export interface Converter<K extends ContentKind | ActionKind> {
  read(message: WebMessage, reading: Reading): Of<K> | null;
}
export interface Writer<K extends ContentKind | ActionKind> {
  write(content: Of<K>, writing: Writing): proto.IMessage;
}

/** What a stanza says beside its message, as WhatsApp's own clients write it. */
export interface KindStanza {
  /** Of what changes another message. */
  readonly edit?: string;
  readonly node?: BinaryNode;
}
/** A kind whose stanza says more than which message it carries. */
export interface Carrier<K extends ContentKind | ActionKind> {
  stanza(content: Of<K>, where: { readonly chat: string; readonly now: number }): KindStanza;
}
