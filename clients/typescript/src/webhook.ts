import type { Event } from "./event.ts";

/** A delivery that is not to be believed. Answer 401, and do nothing. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

interface Delivery {
  /** `whsec_…` or a text; several while one replaces the other. */
  readonly secret: string | readonly string[];
  readonly headers: Headers | Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it came, before anything parsed it. */
  readonly body: string;
  /** Seconds that a delivery may be old; 300 when left out. */
  readonly tolerance?: number;
}

/**
 * The event of a delivery whose signature is right (Standard Webhooks). `event.id` is the same at every attempt: what was done
 * once need not be done again. Throws `WebhookError`, also for a list.
 */
export async function verifyWebhook(delivery: Delivery): Promise<Event> {
  const said = await verified(delivery);
  if (Array.isArray(said)) throw new WebhookError("The delivery is a list of events: use verifyEvents.");
  return said;
}

/** The events of a delivery, in order: one, or those of a webhook with `batch` or `burst`. Throws `WebhookError`. */
export async function verifyEvents(delivery: Delivery): Promise<Event[]> {
  return [await verified(delivery)].flat();
}

async function verified({ secret, headers, body, tolerance = 300 }: Delivery): Promise<Event | Event[]> {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    if (typeof value !== "string") throw new WebhookError(`The header ${name} is missing.`);
    return value;
  });
  const age = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (!(age <= tolerance)) throw new WebhookError("The delivery is too old, or the clocks differ.");
  const text = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const each of typeof secret === "string" ? [secret] : secret) {
    const key = await crypto.subtle.importKey("raw", bytesOf(each), { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    for (const signature of (signatures ?? "").split(" ")) {
      const [version, value = ""] = signature.split(",", 2);
      if (version === "v1" && (await crypto.subtle.verify("HMAC", key, fromBase64(value), text)))
        return JSON.parse(body) as Event | Event[];
    }
  }
  throw new WebhookError("No signature of the delivery is right.");
}

const prefix = "whsec_";
const bytesOf = (secret: string): Uint8Array<ArrayBuffer> =>
  secret.startsWith(prefix) ? fromBase64(secret.slice(prefix.length)) : new TextEncoder().encode(secret);

/** No bytes for what is no base64: no signature is made of none. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
