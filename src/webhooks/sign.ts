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

/** Secrets as bytes: there are few, and each signs every delivery of its endpoint twice. */
const keys = new Map<string, Uint8Array>();
const mostKeys = 1_000;

function hmac(secret: string, text: string): Bun.CryptoHasher {
  const key = keys.get(secret) ?? secretBytes(secret);
  if (keys.size >= mostKeys) keys.clear();
  keys.set(secret, key);
  return new Bun.CryptoHasher("sha256", key).update(text);
}
