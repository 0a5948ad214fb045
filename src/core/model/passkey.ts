import { Failure } from "../base/failure.ts";
import type { Phase } from "./phase.ts";

/** What a person is told when WhatsApp demands a passkey. */
export const passkeyWords =
  "WhatsApp asks this account for a passkey before it links a device. Try again in a few days.";

/** Why there is no QR or code, when WhatsApp demands a passkey: a sentence rather than silence. */
export function passkeyRefusal(phase: Phase): Failure | undefined {
  return phase === "passkey_required" ? new Failure("passkey_required", passkeyWords) : undefined;
}

/** Throws `passkey_required` in that phase. */
export function unlessPasskey(phase: Phase): void {
  const refusal = passkeyRefusal(phase);
  if (refusal) throw refusal;
}
