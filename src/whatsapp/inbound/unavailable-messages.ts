import {
  areJidsSameUser,
  type BinaryNode,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  proto,
  unpadRandomMax16,
} from "@whiskeysockets/baileys";
import type { SignalOf, Undecryptable } from "../../core/ports/connector.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { decodeWebMessageInfo } from "../codec/definition/decode.ts";
import { wireFields } from "../codec/fields/wire-fields.ts";
import { moment } from "../codec/convert/fields.ts";
import { isProtocolMessage, toContent } from "../codec/convert/index.ts";
import { envelope, type Reader } from "../codec/incoming.ts";
import { bare, isChannel, isGroup } from "../wire/jid.ts";
import { remoteOf } from "../codec/remote.ts";
import { readingOf } from "../codec/reading.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";

/** `WebMessageInfo.message`. */
const messageField = 2;

/** The phone answers within seconds, or not at all. */
const mostKept = 1_000;

/**
 * Messages that come with nothing that this device could open: those to be seen once, which WhatsApp shows on the phone only,
 * and others that the phone is asked for (Baileys does that), which answers in a message of its own.
 */
export class UnavailableMessages {
  readonly #envelopes = new Map<string, Envelope>();

  /** Null of every other message. */
  signalOf(stanza: BinaryNode, { me }: Reader): SignalOf<"undecryptable"> | null {
    const { from, category } = stanza.attrs;
    const seals = getBinaryNodeChildren(stanza, "enc");
    if (seals.some(canBeOpened) || isChannel(from) || category !== undefined || !Array.isArray(stanza.content))
      return null;
    const message = envelope(stanza, me);
    this.#keep(message);
    const reason = seals.length > 0 ? "failed" : reasonOf(getBinaryNodeChild(stanza, "unavailable"));
    return { type: "undecryptable", message, reason, ...(seals.length > 0 && { cause: "malformed" as const }) };
  }

  /** The messages in the phone's answer; none of every other plaintext. */
  resentIn({ attrs }: BinaryNode, plaintext: Uint8Array, reader: Reader): SignalOf<"message">[] {
    const own = [reader.me.id, reader.me.lid].some((jid) => jid !== null && areJidsSameUser(attrs.from, jid));
    if (!own || attrs.category !== "peer") return [];
    const { protocolMessage } = proto.Message.decode(unpadRandomMax16(plaintext));
    const results = protocolMessage?.peerDataOperationRequestResponseMessage?.peerDataOperationResult ?? [];
    return results.flatMap(({ placeholderMessageResendResponse: answer }) => {
      const bytes = answer?.webMessageInfoBytes;
      return bytes ? (this.#message(bytes, reader) ?? []) : [];
    });
  }

  #message(bytes: Uint8Array, { device, me }: Reader): SignalOf<"message"> | null {
    const info = decodeWebMessageInfo(bytes);
    const { message } = info;
    const from = this.#envelopes.get(info.key?.id ?? "") ?? toldOf(info, me.id);
    if (!message || !from || isProtocolMessage(message)) return null;
    this.#envelopes.delete(from.id);
    // As it came: encoded anew it would lose what is newer than Baileys.
    const wire = wireFields(bytes).find(({ number }) => number === messageField)?.bytes ?? new Uint8Array();
    const read = { ...from, ...toContent(message, readingOf(from, device, me)) };
    return { type: "message", message: read, wire, remote: remoteOf(read, wire) };
  }

  #keep(message: Envelope): void {
    this.#envelopes.set(message.id, message);
    dropOldest(this.#envelopes, mostKept);
  }
}

/** What Baileys opens: all else it asks for again, and it never passes the journal. */
const canBeOpened = ({ attrs, content }: BinaryNode): boolean =>
  ["pkmsg", "msg", "skmsg"].includes(attrs.type ?? "") && content instanceof Uint8Array && content.length > 0;

const reasonOf = (unavailable: BinaryNode | undefined): Undecryptable =>
  unavailable?.attrs.type?.startsWith("view_once") ? "view_once" : "unavailable";

/** What the phone says of the message, where its stanza is not known any more. */
function toldOf({ key, participant, pushName, messageTimestamp }: proto.IWebMessageInfo, me: string): Envelope | null {
  if (!key?.id || !key.remoteJid) return null;
  const chat = bare(key.remoteJid);
  const fromMe = key.fromMe ?? false;
  const sender = fromMe ? bare(me) : bare(key.participant ?? participant ?? chat);
  return {
    id: key.id,
    chat,
    sender,
    names: [],
    wire: { chat, sender },
    fromMe,
    isGroup: isGroup(chat),
    pushName: pushName ?? null,
    timestamp: moment(messageTimestamp),
  };
}
