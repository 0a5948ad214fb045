/** How it shows that WhatsApp takes nothing from the account: by the code of its refusals, or because little arrives. */
export const restrictionCauses = ["402", "403", "undelivered"] as const;
export type RestrictionCause = (typeof restrictionCauses)[number];

/** What WhatsApp lets the account do. Milliseconds since 1970; null is no restriction. */
export interface AccountLimits {
  /** Its reach-out time-lock ends. A moment in the past: it should be over, which WhatsApp has not confirmed. */
  readonly lockedUntil: number | null;
  /** WhatsApp was asked and has not answered yet; the moment to stop waiting for that. */
  readonly askingUntil: number | null;
  /** The cap on new chats is used up until then. */
  readonly cappedUntil: number | null;
  /** WhatsApp takes nothing; the moment to try again. One in the past: the next message tries. */
  readonly restrictedUntil: number | null;
  /** Null while it is not restricted. */
  readonly restrictedBy: RestrictionCause | null;
}

export const unrestricted: AccountLimits = {
  lockedUntil: null,
  askingUntil: null,
  cappedUntil: null,
  restrictedUntil: null,
  restrictedBy: null,
};
