import { type BinaryNode, getBinaryNodeChild, proto } from "@whiskeysockets/baileys";
import { derivedKey, openAesGcm } from "./sealing.ts";
import { bare } from "../wire/jid.ts";

/** Meta AI and other bots: their answers are sealed with the secret of the message they answer. */
export const isBotAnswer = (stanza: BinaryNode): boolean => getBinaryNodeChild(stanza, "enc")?.attrs.type === "msmsg";

/** What an answer is about, by its stanza. */
export interface BotAnswerParts {
  /** Of the message that is answered. */
  questionId: string;
  /** Who asked, as the key is made of it. */
  asker: string | null;
  /** Where, when it is not in the bot's own chat. */
  chat: string | null;
  bot: string;
  /** The first part of an answer that comes in several; null of a first or whole one. */
  partOf: string | null;
}

export function botAnswerParts(stanza: BinaryNode): BotAnswerParts {
  const { from = "", participant } = stanza.attrs;
  const {
    target_id: questionId = "",
    target_sender_jid: asker,
    target_chat_jid: chat,
  } = getBinaryNodeChild(stanza, "meta")?.attrs ?? {};
  const { edit, edit_target_id: first } = getBinaryNodeChild(stanza, "bot")?.attrs ?? {};
  return {
    questionId,
    asker: asker ? bare(asker) : null,
    chat: chat ? bare(chat) : null,
    bot: bare(participant ?? from),
    partOf: (edit === "inner" || edit === "last") && first ? first : null,
  };
}

/**
 * The message in an answer; null when it cannot be opened. The key is made of the question's secret, twice; nothing pads
 * the message (whatsmeow msgsecret.go, 2026-08).
 */
export function openedBotAnswer(stanza: BinaryNode, secret: Uint8Array, askers: readonly string[]): Uint8Array | null {
  const enc = getBinaryNodeChild(stanza, "enc")?.content;
  if (!(enc instanceof Uint8Array)) return null;
  const { encIv, encPayload } = proto.MessageSecretMessage.decode(enc);
  const { bot, partOf } = botAnswerParts(stanza);
  const id = partOf ?? stanza.attrs.id ?? "";
  const first = derivedKey(secret, "Bot Message");
  for (const asker of askers) {
    const plain = openAesGcm(
      { encIv, encPayload },
      derivedKey(first, `${id}${asker}${bot}`),
      Buffer.from(`${id}\0${bot}`),
    );
    if (plain) return plain;
  }
  return null;
}
