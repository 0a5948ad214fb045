import { breathe } from "../../base/breathe.ts";
import type { Budgets } from "../../access/budgets.ts";
import type { NewMessage } from "../../ports/messages.ts";

/** A row beside its texts, bytes. */
const perMessage = 500;
/** Messages that are measured in one turn of the event loop. */
const slice = 200;

/** Throws `over_budget` when the tenant's queue has no room for these. What several of them share is counted once. */
export async function needQueue(
  budgets: Budgets,
  tenant: string,
  messages: readonly Pick<NewMessage, "content" | "context">[],
): Promise<void> {
  const seen = new Set<object>();
  let bytes = 0;
  for (const [place, { content, context = {} }] of messages.entries()) {
    if (place % slice === slice - 1) await breathe();
    bytes += perMessage;
    for (const part of [content, context])
      if (!seen.has(part)) {
        seen.add(part);
        bytes += JSON.stringify(part).length;
      }
  }
  await budgets.needAll(tenant, { queued_messages: messages.length, queued_bytes: bytes });
}
