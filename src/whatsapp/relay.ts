import type { BinaryNode, MessageRelayOptions } from "@whiskeysockets/baileys";
import type { Outgoing } from "../core/message.ts";
import { isGroup } from "./jid.ts";

const meta = (attrs: BinaryNode["attrs"]): BinaryNode => ({ tag: "meta", attrs });

/** What a stanza says of its message beside the message, as WhatsApp's own clients write it. */
export function relayOptions({ waId, chat, content, context }: Outgoing): MessageRelayOptions {
  const edit = editOf(content, chat);
  return {
    messageId: waId,
    ...(context.audience ? { statusJidList: context.audience } : {}),
    ...(edit ? { additionalAttributes: { edit } } : {}),
    ...(metaOf(content) ? { additionalNodes: [meta(metaOf(content) ?? {})] } : {}),
  };
}

function editOf(content: Outgoing["content"], chat: string): string | null {
  switch (content.kind) {
    case "edit":
      return "1";
    case "pin":
      return "2";
    case "delete":
      return isGroup(chat) && !content.target.from_me ? "8" : "7";
    default:
      return content.kind === "reaction" && content.emoji === null ? "7" : null;
  }
}

function metaOf(content: Outgoing["content"]): BinaryNode["attrs"] | null {
  switch (content.kind) {
    case "poll":
      return { polltype: "creation" };
    case "poll_vote":
      return { polltype: "vote" };
    case "event":
      return { event_type: "creation" };
    case "event_response":
      return { event_type: "response" };
    default:
      return null;
  }
}
