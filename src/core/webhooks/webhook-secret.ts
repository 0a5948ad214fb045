import type { EndpointSecret } from "../ports/endpoint.ts";
import { Failure } from "../base/failure.ts";

const prefix = "whsec_";

/** A new secret: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return prefix + btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
}

/** At most so many sign at a time: each makes every delivery a little longer. */
const mostSecrets = 5;

/** `secret` first; those before it sign beside it for `overlap` ms, or as long as they still had. */
export function rotated(
  before: readonly EndpointSecret[],
  secret: string,
  overlap: number,
  now: number,
): EndpointSecret[] {
  const old = before
    .filter((each) => each.secret !== secret)
    .map((each) => ({ secret: each.secret, expiresAt: Math.min(each.expiresAt ?? Infinity, now + overlap) }))
    .filter(({ expiresAt }) => expiresAt > now);
  return [{ secret, expiresAt: null }, ...old].slice(0, mostSecrets);
}

/** The bytes that sign: those behind `whsec_`, or the text's own. Throws `invalid`. */
export function secretBytes(secret: string, field = "secret"): Uint8Array {
  if (!secret.startsWith(prefix)) return plainBytes(secret, field);
  try {
    const bytes = Uint8Array.from(atob(secret.slice(prefix.length)), (char) => char.charCodeAt(0));
    if (bytes.length >= 24 && bytes.length <= 64) return bytes;
  } catch {
    // refused below
  }
  throw new Failure("invalid", `${field} takes "whsec_" and 24 to 64 bytes in base64, or a text of 8 to 256 bytes.`, {
    field,
  });
}

function plainBytes(secret: string, field: string): Uint8Array {
  const bytes = new TextEncoder().encode(secret);
  if (bytes.length >= 8 && bytes.length <= 256) return bytes;
  throw new Failure("invalid", `${field} takes a text of 8 to 256 bytes, or "whsec_" and base64.`, { field });
}
