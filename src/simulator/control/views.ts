import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { GroupChat } from "../groups/chat.ts";
import type { Heard } from "../messages/heard.ts";
import type { Remembered } from "../accounts/history.ts";
import { textOfContent, type MessageContent } from "../content/content.ts";
import type { SimulatedPerson } from "../people/person.ts";
import type { Phone } from "../people/phone.ts";

/** How the control API shows people, groups and messages: plain JSON, bytes as base64. */
export function personView({ number, name, jid, lid }: SimulatedPerson) {
  return { number, name, jid, lid };
}

export function phoneView(phone: Phone) {
  return { ...personView(phone), devices: phone.linkedDevices() };
}

export function groupView({ id, subject, members, inviteCode }: GroupChat) {
  return { id, subject, members, inviteCode };
}

export function heardView({ id, text, message, from, chat, device, encryption, at, fromMe, duplicates }: Heard) {
  return { id, text: text ?? null, message: plain(message), from, chat, device, encryption, at, fromMe, duplicates };
}

/** A message as the phone remembers it, with the receipts that came for it; `at` in Unix seconds. */
export function rememberedView({ id, fromMe, participant, at, content }: Remembered, receipts: readonly string[]) {
  const text = textOfContent(content) ?? null;
  return { id, text, message: plain(content), from: participant ?? null, at, fromMe, receipts };
}

const plain = (content: MessageContent) =>
  proto.Message.toObject(proto.Message.fromObject(content), { bytes: String, longs: Number });
