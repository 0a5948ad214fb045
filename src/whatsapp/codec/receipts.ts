import { areJidsSameUser, type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { DeliveryState } from "../../core/model/message/message.ts";
import { moment } from "./convert/fields.ts";
import type { Me } from "./incoming.ts";
import { bare } from "../wire/jid.ts";

/** Receipt types by what they say of the message (WA Web's `WAWebHandleMsgReceipt`); none is "delivered". */
const states: Record<string, DeliveryState> = { delivered: "delivered", read: "read", played: "played" };

/** What the owner's other devices say of messages of others: the second two where read receipts are switched off. */
const looks: ReadonlySet<string> = new Set(["read", "played", "read-self", "played-self"]);

/** What a `<receipt>` says of messages we sent, or that the owner saw; null of every other receipt. */
export function receipt(node: BinaryNode, me: Me): SignalOf<"receipt" | "seen"> | null {
  const { type = "delivered", participant, recipient } = node.attrs;
  const from = participant ?? node.attrs.from ?? "";
  const ours = areJidsSameUser(from, me.id) || (me.lid !== null && areJidsSameUser(from, me.lid));
  const listed = getBinaryNodeChildren(getBinaryNodeChild(node, "list"), "item").map((item) => item.attrs.id ?? "");
  const waIds = [node.attrs.id ?? "", ...listed].filter((id) => id !== "");
  const at = seconds(node) * 1000;
  if (ours) {
    const chat = bare(participant === undefined ? (recipient ?? "") : (node.attrs.from ?? ""));
    return looks.has(type) && chat !== "" ? { type: "seen", chat, waIds, at } : null;
  }
  const state = states[type];
  return state
    ? { type: "receipt", waIds, participant: participant === undefined ? null : bare(participant), state, at }
    : null;
}

/** WhatsApp's answer to a message of ours. */
export function acknowledgement(node: BinaryNode): SignalOf<"ack"> {
  return { type: "ack", waId: node.attrs.id ?? "", error: node.attrs.error ?? null, at: seconds(node) * 1000 };
}

function seconds(node: BinaryNode): number {
  return moment(node.attrs.t) || Math.floor(Date.now() / 1000);
}
