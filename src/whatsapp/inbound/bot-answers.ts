import type { BinaryNode } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { History } from "../../core/ports/history.ts";
import type { Envelope } from "../../core/model/message/message.ts";
import { isAction } from "../../core/model/content/action.ts";
import { messageSecretOf } from "../codec/additions.ts";
import { botAnswerParts, openedBotAnswer } from "../codec/bot-answer.ts";
import { moment } from "../codec/convert/fields.ts";
import { toContent } from "../codec/convert/index.ts";
import { decodeMessage } from "../codec/definition/decode.ts";
import type { Reader } from "../codec/incoming.ts";
import { readingOf } from "../codec/reading.ts";
import { bare, isGroup } from "../wire/jid.ts";

/** What a bot says; as undecryptable when its question is not known here. */
export async function botAnswer(
  stanza: BinaryNode,
  { device, me }: Reader,
  history: Pick<History, "wire">,
): Promise<SignalOf<"message" | "undecryptable">> {
  const { questionId, asker, chat, bot, partOf } = botAnswerParts(stanza);
  const from = bare(stanza.attrs.from ?? "");
  const where = from.endsWith("@bot") ? (chat ?? from) : from;
  const envelope: Envelope = {
    id: stanza.attrs.id ?? "",
    chat: where,
    sender: bot,
    names: [],
    wire: { chat: where, sender: bot },
    fromMe: false,
    isGroup: isGroup(where),
    pushName: stanza.attrs.notify ?? null,
    timestamp: moment(stanza.attrs.t),
  };
  const question = await history.wire(device, { chat: where, author: null, id: questionId });
  const secret = question && messageSecretOf(question);
  const askers = [asker, me.lid, me.id].flatMap((jid) => (jid ? [bare(jid)] : []));
  const wire = secret ? openedBotAnswer(stanza, secret, askers) : null;
  if (!wire) return { type: "undecryptable", message: envelope, reason: "failed", cause: "no_question" };
  const { content, context } = toContent(decodeMessage(wire), readingOf(envelope, device, me));
  if (partOf === null || isAction(content))
    return { type: "message", message: { ...envelope, content, context }, wire, remote: null };
  // An answer grows: each part holds all of it so far.
  const edit = { kind: "edit" as const, target: { id: partOf, sender: bot, from_me: false }, content };
  return { type: "message", message: { ...envelope, content: edit, context: {} }, wire, remote: null };
}
