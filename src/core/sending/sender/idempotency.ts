import { isOperator } from "../../access/operator.ts";
import type { Principal } from "../../model/principal.ts";
import type { QueueOptions } from "../../model/message/message.ts";
import { sameRecipient } from "../../model/recipient.ts";
import type { Idempotency } from "../../ports/messages.ts";

/** A caller's own key, scoped to the key they call with, so that two programs with one counter do not collide. */
export function idempotencyOf(
  principal: Principal,
  { idempotencyKey }: QueueOptions,
  body: unknown,
  ids: { hash(text: string): string },
): Idempotency | null {
  if (idempotencyKey === undefined) return null;
  const caller = isOperator(principal) ? "admin" : principal.key;
  return { key: `${caller}|${idempotencyKey}`, bodyHash: ids.hash(JSON.stringify(body, meant)) };
}

/** Of a body whom it is for, however the number is written; the rest as it stands. */
function meant(field: string, value: unknown): unknown {
  if (field !== "to") return value;
  const one = (to: unknown) => (typeof to === "string" ? sameRecipient(to) : to);
  return Array.isArray(value) ? value.map(one) : one(value);
}
