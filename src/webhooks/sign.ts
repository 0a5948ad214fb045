import { secretBytes } from "../core/webhooks/webhook-secret.ts";

/**
 * What proves to a receiver that a delivery is ours: the headers of Standard Webhooks with a signature for every
 * secret, and for simple receivers the event's type and a plain HMAC of the body under the newest one.
 * `at`: milliseconds since 1970.
 */
export function signed(
  delivery: { id: string; type: string; body: string; at: number },
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(delivery.at / 1000));
  const text = `${delivery.id}.${timestamp}.${delivery.body}`;
  const [newest = ""] = secrets;
  return {
    "webhook-id": delivery.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => `v1,${hmac(secret, text).digest("base64")}`).join(" "),
    "x-webhook-event": delivery.type,
    "x-webhook-signature": hmac(newest, delivery.body).digest("hex"),
  };
}

/** Keyed hashes that have taken nothing yet: there are few, and each signs every delivery of its endpoint twice. */
const keyed = new Map<string, Bun.CryptoHasher>();
const mostKeyed = 1_000;

function hmac(secret: string, text: string): Bun.CryptoHasher {
  const known = keyed.get(secret) ?? new Bun.CryptoHasher("sha256", secretBytes(secret));
  if (keyed.size >= mostKeyed) keyed.clear();
  keyed.set(secret, known);
  return known.copy().update(text);
}
