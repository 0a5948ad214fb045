/** What holds messages of a device back, by the wall clock: milliseconds since 1970, or null for what does not. */
export interface SendingFigures {
  /** WhatsApp lets the account start no new chats. */
  lockedUntil: number | null;
  /** Whether it does so was asked; without an answer strangers wait until then. */
  askingUntil: number | null;
  /** The account's new chats of this cycle are used up. */
  cappedUntil: number | null;
  /** WhatsApp takes nothing from the account, or delivers nothing: when that is tried again. */
  restrictedUntil: number | null;
  /** That moment is past: the next message tries, and until WhatsApp takes one the restriction is not over. */
  isProbing: boolean;
  /** WhatsApp was asked too much (429): nothing leaves. */
  pausedUntil: number | null;
}
