import { userJid } from "../wire/address.ts";
import type { QueuedStanza, DeliveryKind } from "./record.ts";

/** What names a stanza. */
export interface StanzaName {
  readonly kind: DeliveryKind;
  readonly id: string;
  readonly from: string | undefined;
  readonly participant: string | undefined;
  readonly recipient: string | undefined;
  readonly type: string | undefined;
}

/** A client's answer to a stanza; `from` is its `to`, `type` its own. */
export interface Answer extends StanzaName {
  readonly how: "receipt" | "ack";
  readonly context?: string | undefined;
}

/** Receipts that may come long after the stanza is settled, and name people, not devices. */
const LATER: ReadonlySet<string> = new Set(["read", "read-self", "played", "played-self", "view"]);
/** Receipts of what the own account sent: the copy of a message, and what no chat shows. */
const OF_ONESELF: ReadonlySet<string> = new Set(["sender", "peer_msg", "hist_sync", "retry", "inactive"]);

/**
 * Why an answer does not settle a stanza: WhatsApp matches it by class, id, `from`, `participant`, `recipient` and type.
 * Undefined when it does.
 */
export function mismatch(delivery: QueuedStanza, answer: Answer): string | undefined {
  const wrong = answer.how === "receipt" ? receiptFault(delivery, answer) : ackFault(delivery, answer);
  if (wrong !== undefined) return wrong;
  const later = answer.how === "receipt" && LATER.has(answer.type ?? "");
  const nameless = answer.type === "sender" && answer.from === undefined;
  if (!nameless && !isSame(answer.from, delivery.from, later)) return `names ${answer.from}, not ${delivery.from}`;
  if (!isSame(answer.participant, delivery.participant, later))
    return `names the participant ${answer.participant}, not ${delivery.participant}`;
  if (answer.recipient !== undefined && !isSame(answer.recipient, delivery.recipient, true))
    return `names the recipient ${answer.recipient}, not ${delivery.recipient}`;
  return undefined;
}

function receiptFault(
  { kind, recipient }: QueuedStanza,
  { type, recipient: named, context }: Answer,
): string | undefined {
  if (kind !== "message" && kind !== "status") return `a ${kind} is settled by an ack, not by a receipt`;
  if (kind === "status" && type !== "retry" && context !== "status")
    return 'a receipt for a status has context="status"';
  if (recipient === undefined || LATER.has(type ?? "")) return undefined;
  if (!OF_ONESELF.has(type ?? ""))
    return `a copy of one's own message is settled as sender, not as ${type ?? "delivery"}`;
  return named === undefined && type === "sender" ? "the receipt for a copy names the recipient" : undefined;
}

// WhatsApp Web acknowledges some notifications without their type.
function ackFault({ kind, type, recipient }: QueuedStanza, { type: named }: Answer): string | undefined {
  if (kind === "message" && recipient !== undefined) return "a copy of one's own message is settled by a receipt alone";
  return named === undefined || named === type ? undefined : `is of type ${named}, the ${kind} of type ${type}`;
}

/** Whether two JIDs are the same; device 0 may be left out, `loosely` any device. */
function isSame(one: string | undefined, other: string | undefined, loosely: boolean): boolean {
  const plain = (jid: string | undefined) => (loosely ? userJid(jid ?? "") : (jid ?? "").replace(":0@", "@"));
  return plain(one) === plain(other);
}
