import { breathe } from "../../base/breathe.ts";
import { isOperator } from "../../access/operator.ts";
import type { Principal } from "../../model/principal.ts";
import type { QueueOptions } from "../../model/message/message.ts";
import { sameRecipient } from "../../model/recipient.ts";
import type { Idempotency } from "../../ports/messages.ts";

/** A caller's own key, scoped to the key they call with, so that two programs with one counter do not collide. */
export async function idempotencyOf(
  principal: Principal,
  { idempotencyKey }: QueueOptions,
  body: object,
  ids: { hashAll(texts: AsyncIterable<string>): Promise<string> },
): Promise<Idempotency | null> {
  if (idempotencyKey === undefined) return null;
  const caller = isOperator(principal) ? "admin" : principal.key;
  return { key: `${caller}|${idempotencyKey}`, bodyHash: await ids.hashAll(written(body)) };
}

/** Items of a list that are written in one turn of the event loop. */
const slice = 100;

/** What `JSON.stringify(body, meant)` gives, in pieces: a bulk's list of messages is megabytes of it. */
async function* written(body: object): AsyncGenerator<string, void, undefined> {
  let before = "{";
  for (const [field, value] of Object.entries(body) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(field)}:`;
    before = ",";
    if (!Array.isArray(value) || value.length <= slice) yield JSON.stringify(meant(field, value), meant);
    else yield* listed(field, value);
  }
  yield before === "{" ? "{}" : "}";
}

async function* listed(field: string, list: readonly unknown[]): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < list.length; at += slice) {
    const items = JSON.stringify(meant(field, list.slice(at, at + slice)), meant);
    yield (at === 0 ? "[" : ",") + items.slice(1, -1);
    await breathe();
  }
  yield "]";
}

/** Of a body whom it is for, however the number is written; the rest as it stands. */
function meant(field: string, value: unknown): unknown {
  if (field !== "to") return value;
  const one = (to: unknown) => (typeof to === "string" ? sameRecipient(to) : to);
  return Array.isArray(value) ? value.map(one) : one(value);
}
