import type { Outcome } from "../ports/deliveries.ts";
import type { Recent } from "../ports/delivery-log.ts";

/** Kept in memory: a write for each delivery would be too dear, and the attempts themselves are in the log. */
export class WebhookHealth implements Recent {
  lastSuccessAt: number | null;
  lastFailure: Recent["lastFailure"];
  /** In this process. */
  failedInRow = 0;

  constructor({ lastSuccessAt, lastFailure }: Recent = { lastSuccessAt: null, lastFailure: null }) {
    this.lastSuccessAt = lastSuccessAt;
    this.lastFailure = lastFailure;
  }

  note({ ok, status = null, error = null }: Outcome, at: number): void {
    this.failedInRow = ok ? 0 : this.failedInRow + 1;
    if (ok) this.lastSuccessAt = at;
    else this.lastFailure = { at, status, error };
  }
}
