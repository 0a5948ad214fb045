import type { BinaryNode, proto } from "@whiskeysockets/baileys";
import type { OutgoingMessage } from "../../core/model/message/message.ts";
import { bare } from "../wire/jid.ts";
import type { StanzaMarks } from "./marks.ts";

/** A message as it is to leave, and what its stanza says of it. */
export interface Parcel {
  readonly message: OutgoingMessage;
  readonly content: proto.IMessage;
  readonly marks: StanzaMarks;
  /** The stanza's attributes beside `to`, such as `id`, `type` and `edit`. */
  readonly attrs: BinaryNode["attrs"];
  /** Its children beside the ciphertexts, such as `meta` and `biz`. */
  readonly beside: readonly BinaryNode[];
  /** Resolves when it is on disk as it leaves; it must not leave before, nor when this rejects. */
  readonly remembered?: Promise<void>;
}

/** A ciphertext for one device, and whether it begins a session: then it comes with the account's word for this device. */
export interface Sealed {
  readonly enc: BinaryNode;
  readonly isFirst: boolean;
}

export function participantsNode(sealed: ReadonlyMap<string, Sealed>): BinaryNode {
  const named = [...sealed].map(([jid, { enc }]) => ({ tag: "to", attrs: { jid }, content: [enc] }));
  return { tag: "participants", attrs: {}, content: named };
}

/** What the own devices get: the message, and where it went. */
export function copyOf(message: proto.IMessage, destinationJid: string): proto.IMessage {
  const { messageContextInfo } = message;
  return { deviceSentMessage: { destinationJid, message }, ...(messageContextInfo ? { messageContextInfo } : {}) };
}

/** The own LID with the number of this device, which stands with its number JID. */
export function deviceJid(lid: string, id: string): string {
  const [user] = bare(lid).split("@");
  const number = /:(\d+)@/.exec(id)?.[1];
  return `${user}${number === undefined ? "" : `:${number}`}@lid`;
}
