import { areJidsSameUser, type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from "@whiskeysockets/baileys";
import type { SignalOf } from "../core/connector.ts";
import type { DeliveryState } from "../core/message.ts";
import type { Me } from "./incoming.ts";
import { bare } from "./jid.ts";

/** Receipt types by what they say of the message (WA Web's `WAWebHandleMsgReceipt`); none is "delivered". */
const states: Record<string, DeliveryState> = { delivered: "delivered", read: "read", played: "played" };

/** What a `<receipt>` says of messages we sent; null of every other receipt. */
export function receipt(node: BinaryNode, me: Me): SignalOf<"receipt"> | null {
  const state = states[node.attrs.type ?? "delivered"];
  const from = node.attrs.participant ?? node.attrs.from ?? "";
  const ours = areJidsSameUser(from, me.id) || (me.lid !== null && areJidsSameUser(from, me.lid));
  if (!state || ours) return null;
  const listed = getBinaryNodeChildren(getBinaryNodeChild(node, "list"), "item").map((item) => item.attrs.id ?? "");
  return {
    type: "receipt",
    waIds: [node.attrs.id ?? "", ...listed].filter((id) => id !== ""),
    participant: node.attrs.participant ? bare(node.attrs.participant) : null,
    state,
    at: seconds(node) * 1000,
  };
}

/** WhatsApp's answer to a message of ours. */
export function acknowledgement(node: BinaryNode): SignalOf<"ack"> {
  return { type: "ack", waId: node.attrs.id ?? "", error: node.attrs.error ?? null, at: seconds(node) * 1000 };
}

function seconds(node: BinaryNode): number {
  return Number(node.attrs.t) || Math.floor(Date.now() / 1000);
}
