/** What WhatsApp lets the account do about people it does not know. Milliseconds since 1970; null is no restriction. */
export interface AccountLimits {
  /** Its reach-out time-lock ends. A moment in the past: it should be over, which WhatsApp has not confirmed. */
  readonly lockedUntil: number | null;
  /** WhatsApp was asked and has not answered yet; the moment to stop waiting for that. */
  readonly askingUntil: number | null;
  /** The cap on new chats is used up until then. */
  readonly cappedUntil: number | null;
}

export const unrestricted: AccountLimits = { lockedUntil: null, askingUntil: null, cappedUntil: null };
