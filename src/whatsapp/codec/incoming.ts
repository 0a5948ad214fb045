import { type BinaryNode, decodeMessageNode, proto, unpadRandomMax16 } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { moment } from "./convert/fields.ts";
import { isProtocolMessage, toContent } from "./convert/index.ts";
import { remoteOf } from "./remote.ts";
import { readingOf } from "./reading.ts";
import { bare, isGroup, isLid, phoneOf } from "../wire/jid.ts";

export interface Me {
  id: string;
  lid: string | null;
}

/** Whose device reads. */
export interface Reader {
  /** The device's uid. */
  device: string;
  me: Me;
}

/** Throws on a stanza without id, sender or, in a group, participant. */
export function envelope(stanza: BinaryNode, me: Me): Envelope {
  const { fullMessage, author } = decodeMessageNode(stanza, me.id, me.lid ?? "");
  const { key } = fullMessage;
  const chat = bare(key.remoteJid ?? "");
  const sender = bare(author);
  const alternative = key.fromMe ? alternativeOfMe(sender, me) : (key.participantAlt ?? key.remoteJidAlt);
  return {
    id: key.id ?? "",
    chat,
    sender,
    senderPhone: phoneOf(sender) ?? phoneOf(alternative),
    senderLid:
      [sender, alternative].map((jid) => (jid && isLid(jid) ? bare(jid) : null)).find((jid) => jid !== null) ?? null,
    fromMe: key.fromMe ?? false,
    isGroup: isGroup(chat),
    pushName: fullMessage.pushName ?? null,
    timestamp: moment(fullMessage.messageTimestamp),
  };
}

/** A message with what it was read from. */
export type ReceivedMessage = Omit<SignalOf<"message">, "type">;

/** The message in a decrypted plaintext, or null when it is an errand between clients rather than news. */
export function incoming(from: Envelope, plaintext: Uint8Array, { device, me }: Reader): ReceivedMessage | null {
  const wire = unpadRandomMax16(plaintext);
  const message = proto.Message.decode(wire);
  if (isProtocolMessage(message, wire)) return null;
  const read = { ...from, ...toContent(message, readingOf(from, device, me)) };
  return { message: read, wire, remote: remoteOf(read, wire) };
}

function alternativeOfMe(sender: string, me: Me): string | null {
  return isLid(sender) ? me.id : me.lid;
}
