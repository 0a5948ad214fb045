import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../accounts/user.ts";
import { type MessageContent, contentOf } from "../content/content.ts";
import { hkdf, sealGcm } from "../crypto/cipher.ts";
import { enc, encode, seal } from "../messages/envelope.ts";
import type { Network } from "../network/network.ts";
import { el } from "../wire/stanza.ts";

/** Meta AI's own account. */
export const META_AI = "867051314767696@bot";

/** What an answer of a bot is about: the message asked with, and who is told. */
export interface BotAnswerNames {
  /** Of the answer, or of the one it goes on with. */
  readonly id: string;
  /** Who asked, a bare JID. */
  readonly target: string;
  readonly bot: string;
}

/** The key of a bot's answer, of the secret of the message it answers (whatsmeow msgsecret.go, 2026-08). */
export function botAnswerKey(secret: Uint8Array, { id, target, bot }: BotAnswerNames): Buffer {
  return hkdf(hkdf(secret, 32, "Bot Message"), 32, `${id}${target}${bot}`);
}

/** A question to Meta AI that waits for its answer. */
export interface Question {
  readonly id: string;
  readonly secret: Buffer;
}

/** The phone asks Meta AI; its companions get a copy whose chat is the bot. */
export function askMetaAi(network: Network, user: User, text: string): Question {
  const secret = user.random.bytes(32);
  const id = `3A${user.random.hex(9)}`;
  const messageContextInfo = { messageSecret: secret };
  const message: MessageContent = { ...contentOf(text), messageContextInfo };
  const copy = encode({ deviceSentMessage: { destinationJid: META_AI, message }, messageContextInfo });
  const from = user.jid(network.options.addressing);
  for (const device of user.linked) {
    const ciphertext = seal(network, user.phone, device, copy);
    const attrs = { from, recipient: META_AI, id, type: "text", t: network.now, notify: user.name };
    network.deliver(device, el("message", attrs, [enc(ciphertext)]));
  }
  return { id, secret };
}

/** Meta AI answers; the answer is sealed with the secret of the question, for every device alike. */
export function answerAsMetaAi(network: Network, user: User, question: Question, text: string): string {
  const id = user.random.hex(16);
  const target = user.jid("lid");
  const encIv = user.random.bytes(12);
  const key = botAnswerKey(question.secret, { id, target, bot: META_AI });
  const extra = Buffer.from(`${id}\0${META_AI}`);
  const encPayload = sealGcm(key, encIv, encode(contentOf(text)), extra);
  const bytes = Buffer.from(proto.MessageSecretMessage.encode({ version: 1, encIv, encPayload }).finish());
  const about = { target_id: question.id, target_sender_jid: target, target_chat_jid: META_AI };
  for (const device of user.linked) {
    const attrs = { from: META_AI, id, type: "text", t: network.now };
    const parts = [el("enc", { v: "2", type: "msmsg" }, bytes), el("meta", about), el("bot", { edit: "full" })];
    network.deliver(device, el("message", attrs, parts));
  }
  return id;
}
