import { timingSafeEqual } from "node:crypto";
import { signed } from "./sign.ts";

/** How old a delivery may be, seconds: what Standard Webhooks recommends. */
const tolerance = 300;

export const signatureChecks = ["verified", "too old", "wrong signature", "not signed"] as const;
export type SignatureCheck = (typeof signatureChecks)[number];

/** What a receiver makes of a delivery, as `merpati webhook listen` does. `now`: milliseconds since 1970. */
export function verdictOn(
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
  now: number,
): SignatureCheck {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined) return "not signed";
  const at = Number(timestamp) * 1000;
  const expected = secrets.map((secret) => signed({ id, type: "", body, at }, [secret])["webhook-signature"] ?? "");
  const matches = signatures.split(" ").some((signature) => expected.some((each) => same(signature, each)));
  if (!matches) return "wrong signature";
  return Math.abs(now - at) > tolerance * 1000 ? "too old" : "verified";
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
