import type { BinaryNode } from "@whiskeysockets/baileys";
import type { UndecryptableCause } from "../../core/model/message/undecryptable.ts";
import { SignalError } from "../signal/signal-error.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { moment } from "../codec/convert/fields.ts";
import { envelope, type Me } from "../codec/incoming.ts";
import { bare, isChannel, isGroup, isPerson } from "../wire/jid.ts";

/** Why Baileys acknowledges a message without a look at what it says. */
export function faultOf({ attrs, content }: BinaryNode): UndecryptableCause {
  const { from = "", participant } = attrs;
  const isShared = isGroup(from) || from.endsWith("@broadcast");
  if (from === "") return "sender_missing";
  if (!isShared && !isChannel(from) && !isPerson(from)) return "unknown_server";
  if (isShared && participant === undefined) return "participant_missing";
  if (attrs.recipient !== undefined) return "other_recipient";
  return Array.isArray(content) ? "before_decryption" : "empty";
}

/** Why it could not be decrypted. */
export const causeOfError = (error: unknown): UndecryptableCause =>
  error instanceof SignalError ? error.code : "malformed";

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
