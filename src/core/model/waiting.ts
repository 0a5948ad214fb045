/** How a message reaches somebody, the most welcome first; they leave in this order. WhatsApp's limits bite the last. */
export const priorities = ["reply", "warm", "group", "cold"] as const;
export type Priority = (typeof priorities)[number];

/** Why a message waits. A closed list: each has one sentence in `whyWaiting`. */
export const waitReasons = [
  "scheduled",
  "time_locked",
  "asking_whatsapp",
  "capped",
  "contact_held",
  "restricted",
] as const;
export type WaitReason = (typeof waitReasons)[number];

export const whyWaiting: Record<WaitReason, string> = {
  scheduled: "It is to leave at the moment its `send_at` gave.",
  time_locked: "WhatsApp does not let this account start new chats for now; replies still go.",
  asking_whatsapp: "WhatsApp refused a new chat; asking whether the account is restricted.",
  capped: "This account has used up the new chats WhatsApp allows it in this cycle.",
  contact_held: "WhatsApp refused a message to this contact; it waits until they write or a day has passed.",
  restricted: "WhatsApp takes no messages from this account, or delivers none; it is tried again every half hour.",
};

/** What we know of the one written to. Milliseconds since 1970. */
export interface KnownContact {
  /** False of groups, channels, status posts and the account itself, which are never strangers. */
  isPerson: boolean;
  /** When they last wrote to us, and we to them. */
  heardAt: number | null;
  saidAt: number | null;
  /** WhatsApp refused a message to them, and they have not written since. */
  heldUntil: number | null;
}

export type Wait = { until: number; reason: WaitReason };
