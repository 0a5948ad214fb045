import { areJidsSameUser, type BinaryNode, decodeMessageNode } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { decodeMessage } from "./definition/decode.ts";
import { moment } from "./convert/fields.ts";
import { isEmpty, isProtocolMessage, toContent } from "./convert/index.ts";
import { remoteOf } from "./remote.ts";
import { readingOf } from "./reading.ts";
import { seenNames, withoutMixed } from "./seen-names.ts";
import { unpadded } from "./unpadded.ts";
import { bare, isGroup } from "../wire/jid.ts";

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
  return plainEnvelope(stanza, me) ?? decodedEnvelope(stanza, me);
}

/** Of what comes from a person or in a group: nearly everything. Null of all else. */
function plainEnvelope({ tag, attrs }: BinaryNode, me: Me): Envelope | null {
  const { id, from = "", participant, recipient, notify, t } = attrs;
  const inGroup = isGroup(from);
  if (!id || recipient !== undefined || inGroup !== (participant !== undefined)) return null;
  if (!inGroup && !isPersonsOwn(from)) return null;
  const [chat, sender] = [bare(from), bare(participant ?? from)];
  const fromMe = sender === bare(me.id) || (me.lid !== null && sender === bare(me.lid));
  const names = withoutMixed(seenNames({ tag, attrs }), me);
  const where = { id, chat, sender, names, wire: { chat, sender }, fromMe, isGroup: inGroup };
  return { ...where, pushName: notify ?? null, timestamp: moment(Number(t)) };
}

const isPersonsOwn = (jid: string): boolean => jid.endsWith("@s.whatsapp.net") || jid.endsWith("@lid");

function decodedEnvelope(stanza: BinaryNode, me: Me): Envelope {
  const { fullMessage, author } = decodeMessageNode(stanza, me.id, me.lid ?? "");
  const { key } = fullMessage;
  const sender = bare(author);
  const chat = chatOf(stanza, bare(key.remoteJid ?? ""), sender);
  // Baileys knows the account by its number alone where a status comes from.
  const fromMe = key.fromMe === true || areJidsSameUser(author, me.id) || areJidsSameUser(author, me.lid ?? "");
  return {
    id: key.id ?? "",
    chat,
    sender,
    names: withoutMixed(seenNames({ tag: stanza.tag, attrs: stanza.attrs }), me),
    wire: { chat, sender },
    fromMe,
    isGroup: isGroup(chat),
    pushName: fullMessage.pushName ?? null,
    timestamp: moment(fullMessage.messageTimestamp),
  };
}

/**
 * Who is written to in a bot's chat is the bot; what comes by a broadcast list is said in its sender's chat, as phones show
 * it (Baileys#1862, 2026-07).
 */
function chatOf({ attrs }: BinaryNode, chat: string, sender: string): string {
  if (attrs.recipient?.endsWith("@bot")) return bare(attrs.recipient);
  return isBroadcastList(attrs.from) ? sender : chat;
}

const isBroadcastList = (jid: string | undefined): boolean =>
  jid !== undefined && jid.endsWith("@broadcast") && jid !== "status@broadcast";

/** A message with what it was read from. */
export type ReceivedMessage = Omit<SignalOf<"message">, "type">;

/** The broadcast list that a message came by. */
export const broadcastListOf = ({ attrs }: BinaryNode): string | undefined =>
  isBroadcastList(attrs.from) ? attrs.from : undefined;

/** A message came that holds nothing. */
export class EmptyMessageError extends Error {
  override readonly name = "EmptyMessageError";
}

/**
 * The message in a decrypted plaintext, or null when it is an errand between clients rather than news. Throws
 * `EmptyMessageError`.
 */
export function incoming(
  from: Envelope,
  plaintext: Uint8Array,
  { device, me }: Reader,
  list?: string,
): ReceivedMessage | null {
  const wire = unpadded(plaintext);
  const message = decodeMessage(wire);
  if (isEmpty(message)) throw new EmptyMessageError();
  if (isProtocolMessage(message)) return null;
  const { content, context } = toContent(message, readingOf(from, device, me));
  const read = { ...from, content, context: list === undefined ? context : { ...context, broadcast_list: list } };
  return { message: read, wire, remote: remoteOf(read, wire) };
}
