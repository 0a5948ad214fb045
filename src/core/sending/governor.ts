import type { Standing } from "./standing.ts";

/** How a message reaches somebody, the most welcome first; they leave in this order. WhatsApp's limits bite the last. */
export const lanes = ["reply", "warm", "group", "cold"] as const;
export type Lane = (typeof lanes)[number];

/** Why a message waits. A closed list: each has one sentence in `whyWaiting`. */
export const waitReasons = ["scheduled", "time_locked", "asking_whatsapp", "capped", "contact_held"] as const;
export type WaitReason = (typeof waitReasons)[number];

export const whyWaiting: Record<WaitReason, string> = {
  scheduled: "It is to leave at the moment its `send_at` gave.",
  time_locked: "WhatsApp does not let this account start new chats for now; replies still go.",
  asking_whatsapp: "WhatsApp refused a new chat; asking whether the account is restricted.",
  capped: "This account has used up the new chats WhatsApp allows it in this cycle.",
  contact_held: "WhatsApp refused a message to this contact; it waits until they write or a day has passed.",
};

const hour = 3_600_000;
const day = 24 * hour;

/** They wrote so lately that an answer is expected. */
const replyMs = day;
/** WhatsApp's privacy tokens live in four buckets of seven days; a chat silent for longer is cold again. */
const warmMs = 21 * day;
/** How long nothing goes to a contact to whom WhatsApp refused a message. */
export const contactHoldMs = day;
/** How long a message without a `max_wait` may wait: a day, and an hour so that a contact's day is not its last. */
export const waitMs = day + hour;

/** What we know of the one written to. Milliseconds since 1970. */
export interface Acquaintance {
  /** False of groups, channels, status posts and the account itself, which are never strangers. */
  isPerson: boolean;
  /** When they last wrote to us, and we to them. */
  heardAt: number | null;
  saidAt: number | null;
  /** WhatsApp refused a message to them, and they have not written since. */
  heldUntil: number | null;
}

export type Wait = { until: number; reason: WaitReason };
export type SendVerdict = ({ go: true } | ({ go: false } & Wait)) & { lane: Lane };
export type Judge = (contact: Acquaintance, standing: Standing, now: number) => SendVerdict;

export function laneOf({ isPerson, heardAt, saidAt }: Acquaintance, now: number): Lane {
  if (!isPerson) return "group";
  if (heardAt !== null && now - heardAt <= replyMs) return "reply";
  const last = Math.max(heardAt ?? 0, saidAt ?? 0);
  return now - last <= warmMs ? "warm" : "cold";
}

/** May this message leave now, and if not, why and until when: the longest of all that hold it. Pure. */
export function judge(contact: Acquaintance, standing: Standing, now: number): SendVerdict {
  const lane = laneOf(contact, now);
  const holds: [number | null, WaitReason][] = [[contact.heldUntil, "contact_held"]];
  if (lane === "cold") {
    holds.push([standing.lockedUntil, "time_locked"]);
    holds.push([standing.askingUntil, "asking_whatsapp"]);
    holds.push([standing.cappedUntil, "capped"]);
  }
  let longest: Wait | null = null;
  for (const [until, reason] of holds) {
    if (until !== null && until > Math.max(now, longest?.until ?? now)) longest = { until, reason };
  }
  return longest ? { go: false, lane, ...longest } : { go: true, lane };
}
