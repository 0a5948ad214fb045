import type { Reason } from "./phase.ts";

/** The WhatsApp account behind a linked device. */
export interface Account {
  /** `628…@s.whatsapp.net`, without the device. */
  jid: string;
  lid: string | null;
  name: string | null;
}

/** How a device lost its account. */
export interface Unlinked {
  reason: Reason;
  /** Milliseconds since 1970. */
  at: number;
  /** What is known of why, where that came a moment after the link. */
  early?: string;
}
