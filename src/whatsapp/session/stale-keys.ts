import { closeSessions } from "../signal/session-cipher.ts";
import { decodeSenderKeys } from "../signal/sender-key-record.ts";

/** So many pre-keys may have been made after the copy: ids below were given out with other keys. */
const aheadPreKeys = 10_000;
/** Ids of pre-keys are 24 bits wide (Signal, X3DH). */
const mostPreKeyId = 0xff_ff_ff;

/**
 * What must become of a stored key before a copy of the keys may be used again: nothing is encrypted a second time with a
 * chain that may have gone on since. Sessions are closed, which still read what is under way and begin anew to write; our own
 * sender keys go, and who had them; the account's state is fetched again. `undefined` leaves a key as it is, null removes it.
 */
export function staleKey(type: string, value: Uint8Array | string): Uint8Array | null | undefined {
  switch (type) {
    case "session":
      return closeSessions(value);
    case "sender-key":
      return decodeSenderKeys(value).some(({ secret }) => secret !== null) ? null : undefined;
    case "sender-key-memory":
    case "app-state-sync-version":
      return null;
    default:
      return undefined;
  }
}

/** Types that `staleKey` changes. */
export const staleTypes = ["session", "sender-key", "sender-key-memory", "app-state-sync-version"] as const;

/** New pre-keys begin far ahead of those that were published after the copy. */
export function staleCredentials(json: string): string {
  const creds = JSON.parse(json) as { nextPreKeyId?: number; firstUnuploadedPreKeyId?: number };
  const next = ((creds.nextPreKeyId ?? 1) + aheadPreKeys) % mostPreKeyId || 1;
  return JSON.stringify({ ...creds, nextPreKeyId: next, firstUnuploadedPreKeyId: next });
}
