/** How a message reaches somebody, the most welcome first. WhatsApp's limits bite the last one only. */
export const lanes = ["reply", "warm", "group", "cold"] as const;
export type Lane = (typeof lanes)[number];

/** Why a message waits. A closed list: each has one sentence in `whyWaiting`. */
export const waitReasons = ["time_locked", "asking_whatsapp", "capped", "contact_held", "breaker"] as const;
export type WaitReason = (typeof waitReasons)[number];

export const whyWaiting: Record<WaitReason, string> = {
  time_locked: "WhatsApp does not let this account start new chats for now; replies still go.",
  asking_whatsapp: "WhatsApp refused a new chat; asking whether the account is restricted.",
  capped: "This account has used up the new chats WhatsApp allows it in this cycle.",
  contact_held: "WhatsApp refused a message to this contact; it waits until they write or a day has passed.",
  breaker: "Too many messages were refused or not delivered; a pause protects the account.",
};

const hour = 3_600_000;
const day = 24 * hour;

/** They wrote so lately that an answer is expected. */
const replyMs = day;
/** WhatsApp's privacy tokens live in four buckets of seven days; a chat silent for longer is cold again. */
const warmMs = 21 * day;
export const contactHoldMs = day;
export const breakerMs = 30 * 60_000;

/** What WhatsApp lets the account do. Milliseconds since 1970; null is no restriction. */
export interface Standing {
  /** Its reach-out time-lock ends. */
  lockedUntil: number | null;
  /** A refusal came and WhatsApp has not said yet what it means; the moment to stop waiting for that. */
  askingUntil: number | null;
  /** The cap on new chats is used up until then. */
  cappedUntil: number | null;
  /** Our own breaker. */
  pausedUntil: number | null;
}

export const unrestricted: Standing = { lockedUntil: null, askingUntil: null, cappedUntil: null, pausedUntil: null };

/** What we know of the one written to. */
export interface Acquaintance {
  isGroup: boolean;
  /** When they last wrote to us, and we to them. */
  heardAt: number | null;
  saidAt: number | null;
  /** WhatsApp refused a message to them. */
  heldUntil: number | null;
}

export type SendVerdict = { go: true; lane: Lane } | { go: false; lane: Lane; until: number; reason: WaitReason };

export function laneOf(contact: Acquaintance, now: number): Lane {
  if (contact.isGroup) return "group";
  if (contact.heardAt !== null && now - contact.heardAt <= replyMs) return "reply";
  const last = Math.max(contact.heardAt ?? 0, contact.saidAt ?? 0);
  return now - last <= warmMs ? "warm" : "cold";
}

/** May this message leave now, and if not, when and why. Pure. */
export function judge(contact: Acquaintance, standing: Standing, now: number): SendVerdict {
  const lane = laneOf(contact, now);
  const wait = (until: number, reason: WaitReason): SendVerdict => ({ go: false, lane, until, reason });
  const ahead = (time: number | null): time is number => time !== null && time > now;
  // A reply is never what a restriction is about.
  if (lane === "reply") return { go: true, lane };
  if (ahead(contact.heldUntil)) return wait(contact.heldUntil, "contact_held");
  if (ahead(standing.pausedUntil)) return wait(standing.pausedUntil, "breaker");
  if (lane !== "cold") return { go: true, lane };
  if (ahead(standing.lockedUntil)) return wait(standing.lockedUntil, "time_locked");
  if (ahead(standing.askingUntil)) return wait(standing.askingUntil, "asking_whatsapp");
  if (ahead(standing.cappedUntil)) return wait(standing.cappedUntil, "capped");
  return { go: true, lane };
}

/** A lock's end plus 5 to 30 minutes, so that not everything leaves in the same second. `dice` in [0, 1). */
export function afterLock(end: number, dice: number): number {
  return end + Math.round((5 + 25 * dice) * 60_000);
}

/** True when the last outcomes say that WhatsApp drops what we send: under 40 % of at least 5 delivered. */
export function shouldBreak(delivered: readonly boolean[]): boolean {
  const lately = delivered.slice(-10);
  return lately.length >= 5 && lately.filter(Boolean).length / lately.length < 0.4;
}
