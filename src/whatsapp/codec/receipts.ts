import { areJidsSameUser, type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren } from "@whiskeysockets/baileys";
import type { SignalOf } from "../../core/ports/connector.ts";
import type { DeliveryState } from "../../core/model/message/message.ts";
import { moment, natural } from "./convert/fields.ts";
import type { Me } from "./incoming.ts";
import { bare } from "../wire/jid.ts";

/**
 * Receipt types by what they say of the message (WA Web's `WAWebHandleMsgReceipt`); none is "delivered", and so is one of a
 * device that is not looked at.
 */
const states: Record<string, DeliveryState> = {
  delivered: "delivered",
  inactive: "delivered",
  read: "read",
  played: "played",
};

/** What the owner's other devices say of messages of others: the second two where read receipts are switched off. */
const looks: ReadonlySet<string> = new Set(["read", "played", "read-self", "played-self"]);

/** More than a group may have members. */
const mostUsers = 2_048;

type Said = SignalOf<"receipt" | "seen">;

/** What a `<receipt>` says of messages we sent, or that the owner saw; nothing of every other receipt. */
export function receipts(node: BinaryNode, me: Me): Said[] {
  // The device cannot show it: it was sent, and no more (whatsapp-rust#708, 2026-06).
  if (getBinaryNodeChild(node, "error")?.attrs.type === "feature-incapable") return [];
  const bundles = getBinaryNodeChildren(node, "participants");
  if (bundles.length === 0) return [single(node, me)].filter((said) => said !== null);
  return bundles.flatMap((bundle) => bundled(node, bundle, me)).slice(0, mostUsers);
}

function single(node: BinaryNode, me: Me): Said | null {
  const { type = "delivered", participant, recipient } = node.attrs;
  const from = participant ?? node.attrs.from ?? "";
  const listed = getBinaryNodeChildren(getBinaryNodeChild(node, "list"), "item").map((item) => item.attrs.id ?? "");
  const waIds = [node.attrs.id ?? "", ...listed].filter((id) => id !== "");
  const at = seconds(node) * 1000;
  if (isMe(from, me)) {
    const chat = bare(participant === undefined ? (recipient ?? "") : (node.attrs.from ?? ""));
    return looks.has(type) && chat !== "" ? { type: "seen", chat, waIds, at } : null;
  }
  const state = states[type];
  const who = { chat: bare(node.attrs.from ?? ""), participant: participant === undefined ? null : bare(participant) };
  return state ? { type: "receipt", ...who, waIds, state, at } : null;
}

/**
 * Of a group or a broadcast: several people's in one stanza, whose id is no message's. The message is `key`, with the
 * stanza's type, or `message_id`, with a type for each (whatsmeow#179; whatsapp-rust receipt.rs, 2026-06).
 */
function bundled(node: BinaryNode, bundle: BinaryNode, me: Me): Said[] {
  const waId = bundle.attrs.key ?? bundle.attrs.message_id;
  if (!waId) return [];
  return getBinaryNodeChildren(bundle, "user").flatMap(({ attrs }): Said[] => {
    const { jid, type = node.attrs.type ?? "delivered", t } = attrs;
    const at = (moment(t) || seconds(node)) * 1000;
    if (!jid) return [];
    if (isMe(jid, me))
      return looks.has(type) ? [{ type: "seen", chat: bare(node.attrs.from ?? ""), waIds: [waId], at }] : [];
    const state = states[type];
    const chat = bare(node.attrs.from ?? "");
    return state ? [{ type: "receipt", chat, waIds: [waId], participant: bare(jid), state, at }] : [];
  });
}

const isMe = (jid: string, me: Me): boolean =>
  areJidsSameUser(jid, me.id) || (me.lid !== null && areJidsSameUser(jid, me.lid));

/** WhatsApp's answer to a message of ours. */
export function acknowledgement(node: BinaryNode): SignalOf<"ack"> {
  const { id: waId = "", error = null, backoff } = node.attrs;
  // Of seconds, likely: nobody has seen what WhatsApp Web makes of the number (2026-08).
  const pause = natural(backoff) * 1000;
  return { type: "ack", waId, error, at: seconds(node) * 1000, ...(pause > 0 ? { backoff: pause } : {}) };
}

function seconds(node: BinaryNode): number {
  return moment(node.attrs.t) || Math.floor(Date.now() / 1000);
}
