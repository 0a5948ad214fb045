import { type BinaryNode, getAllBinaryNodeChildren, getBinaryNodeChild } from "@whiskeysockets/baileys";
import type { AccountEvent, AccountEventType } from "../../core/ports/connector.ts";
import { moment } from "../codec/convert/fields.ts";
import { bare } from "../wire/jid.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";

type CallEvent = AccountEventType & `call.${string}`;

/** What the stages of a call's signalling are to people; the others are between the telephones. */
const stages: Record<string, CallEvent> = {
  offer: "call.received",
  offer_notice: "call.received",
  accept: "call.accepted",
  reject: "call.rejected",
  terminate: "call.ended",
};

interface Offer {
  video: boolean;
  group: string | null;
  from: string;
}

/** Calls that ring at the same time, and then some. */
const mostOffers = 1_000;

/** Calls, from their stanzas: only the first of a call says what kind it is. */
export class CallTracker {
  readonly #offers = new Map<string, Offer>();

  newsIn(stanza: BinaryNode, now: number): AccountEvent | null {
    const [part] = getAllBinaryNodeChildren(stanza);
    const type = part && stages[part.tag];
    const id = part?.attrs["call-id"];
    if (!part || !type || !id) return null;
    const from = bare(part.attrs.from ?? part.attrs["call-creator"] ?? stanza.attrs.from ?? "");
    const { video, group } = this.#offerOf(id, part, from);
    const at = moment(stanza.attrs.t) * 1000 || now;
    const data = {
      call_id: id,
      from,
      group,
      video,
      timestamp: Math.floor(at / 1000),
    };
    const { reason } = part.attrs;
    const ended = type === "call.ended" && reason ? { reason } : {};
    return { type, chat: null, at, once: `${type}|${id}`, data: { ...data, ...ended } };
  }

  /** The name by which somebody is calling; null of a call that is over. */
  callerOf(id: string): string | null {
    return this.#offers.get(id)?.from ?? null;
  }

  #offerOf(id: string, part: BinaryNode, from: string): Offer {
    const known = this.#offers.get(id);
    if (part.tag === "terminate") this.#offers.delete(id);
    if (known) return known;
    const offer = {
      video: getBinaryNodeChild(part, "video") !== undefined || part.attrs.media === "video",
      group: part.attrs["group-jid"] ?? null,
      from,
    };
    if (!part.tag.startsWith("offer")) return offer;
    this.#offers.set(id, offer);
    dropOldest(this.#offers, mostOffers);
    return offer;
  }
}
