import type { proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../core/content.ts";
import type { DraftContent } from "../../core/message.ts";

export function textContent(message: proto.IMessage): ContentOf<"text"> | null {
  const text = message.conversation || message.extendedTextMessage?.text;
  return text ? { kind: "text", text } : null;
}

export function textMessage(content: Extract<DraftContent, { kind: "text" }>): proto.IMessage {
  return { extendedTextMessage: { text: content.text } };
}
