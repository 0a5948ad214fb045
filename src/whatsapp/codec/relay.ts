import { randomBytes } from "node:crypto";
import type { BinaryNode, MessageRelayOptions } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../core/model/content/content.ts";
import type { Outgoing } from "../../core/model/message/message.ts";
import { isGroup } from "../wire/jid.ts";

/** What a stanza says of its message beside the message, as WhatsApp's own clients write it. `now` in milliseconds. */
export function relayOptions({ waId, chat, content, context }: Outgoing, now: number): MessageRelayOptions {
  const edit = editOf(content, chat);
  const meta = metaOf(content);
  const beside = content.kind === "menu" ? [menuNode(content, now)] : meta ? [{ tag: "meta", attrs: meta }] : [];
  return {
    messageId: waId,
    ...(context.audience ? { statusJidList: context.audience } : {}),
    ...(edit ? { additionalAttributes: { edit } } : {}),
    ...(beside.length > 0 ? { additionalNodes: beside } : {}),
  };
}

/**
 * Without it WhatsApp takes a menu and no client shows it; with less of it buttons are refused (479): measured by the
 * author of whatsmeow's pull request 1235. The node of lists is the one that Baileys' forks use.
 */
function menuNode({ type }: ContentOf<"menu">, now: number): BinaryNode {
  if (type === "listMessage")
    return { tag: "biz", attrs: {}, content: [{ tag: "list", attrs: { type: "product_list", v: "2" } }] };
  const decision = { decision_id: randomBytes(20).toString("hex"), source_type: "third_party" };
  return {
    tag: "biz",
    attrs: { actual_actors: "2", host_storage: "2", privacy_mode_ts: String(Math.floor(now / 1000)) },
    content: [
      {
        tag: "interactive",
        attrs: { type: "native_flow", v: "1" },
        content: [{ tag: "native_flow", attrs: { v: "9", name: "mixed" } }],
      },
      { tag: "quality_control", attrs: decision },
    ],
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
