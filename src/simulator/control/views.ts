import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { GroupChat } from "../groups/chat.ts";
import type { Heard } from "../people/heard.ts";
import type { Person } from "../people/person.ts";
import type { Phone } from "../people/phone.ts";

/** How the control API shows people, groups and messages: plain JSON, bytes as base64. */
export function personView({ number, name, jid, lid }: Person) {
  return { number, name, jid, lid };
}

export function phoneView(phone: Phone) {
  return { ...personView(phone), devices: phone.linkedDevices() };
}

export function groupView({ id, subject, members, inviteCode }: GroupChat) {
  return { id, subject, members, inviteCode };
}

export function heardView({ id, text, message, from, chat, device, encryption, at, fromMe, duplicates }: Heard) {
  const shown = proto.Message.toObject(proto.Message.fromObject(message), { bytes: String, longs: Number });
  return { id, text: text ?? null, message: shown, from, chat, device, encryption, at, fromMe, duplicates };
}
