import { Failure } from "../../core/base/failure.ts";
import type { Hold } from "../../core/ports/hold.ts";

/** A write under a hold that is no longer good. */
export function voidHold(): Failure {
  return new Failure("unavailable", "This device was taken over by a newer owner; nothing was written.");
}

/** Throws when the hold was given up. Whether it is still the newest only the database knows. */
export function heldOrThrow(hold: Hold): void {
  if (hold.signal.aborted) throw voidHold();
}
