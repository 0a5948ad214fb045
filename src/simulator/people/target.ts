import type { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../accounts/user.ts";
import { isShared } from "../wire/address.ts";
import type { Heard } from "../messages/heard.ts";
import { SentMessages } from "../messages/sent.ts";

/** A message to react to, edit, delete, quote or vote on. */
export type SendTarget = SentMessages | Heard;

/** The key of a message as the acting person's client writes it. */
export function keyOf(actor: User, target: SendTarget): proto.IMessageKey {
  const fromMe = target instanceof SentMessages ? target.sender === actor : target.fromMe;
  const key = { remoteJid: target.chat, id: target.id, fromMe };
  if (!isShared(target.chat)) return key;
  return { ...key, participant: authorOf(target) };
}

/** Who wrote a message, by the JID it goes under in its chat. */
export function authorOf(target: SendTarget): string {
  return target instanceof SentMessages ? target.author : target.from;
}

export function contentOfTarget(target: SendTarget) {
  return target instanceof SentMessages ? target.content : target.message;
}
