import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Envelope } from "../../core/model/message/message.ts";
import { moment } from "../codec/convert/fields.ts";
import { envelope, type Me } from "../codec/incoming.ts";
import { bare, isChannel, isGroup, isPerson } from "../wire/jid.ts";

/** Why Baileys acknowledges a message without a look at what it says; for the log. */
export function faultOf({ attrs, content }: BinaryNode): string {
  const { from = "", participant } = attrs;
  const isShared = isGroup(from) || from.endsWith("@broadcast");
  if (from === "") return "sender missing";
  if (!isShared && !isChannel(from) && !isPerson(from)) return "unknown server";
  if (isShared && participant === undefined) return "participant missing";
  if (attrs.recipient !== undefined) return "recipient of another account";
  return Array.isArray(content) ? "failed before decryption" : "empty";
}

/** What the stanza says of a message that cannot be read, even where it says too little. */
export function envelopeOf(stanza: BinaryNode, me: Me): Envelope {
  try {
    return envelope(stanza, me);
  } catch {
    const { id = "", from = "", participant = from, notify, t } = stanza.attrs;
    const sender = bare(participant);
    return {
      id,
      chat: bare(from),
      sender,
      names: [],
      wire: { chat: bare(from), sender },
      fromMe: false,
      isGroup: isGroup(from),
      pushName: notify ?? null,
      timestamp: moment(t),
    };
  }
}
