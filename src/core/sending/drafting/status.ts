import { invalid } from "../../model/content/message-ref.ts";
import { type DraftKind, draftsThatCan } from "../../model/content/draft.ts";

const shown = draftsThatCan("status");

/** Throws `invalid` for what no status post can be. */
export function checkStatus(kind: DraftKind): void {
  if (!shown.includes(kind)) throw invalid("content.kind", `takes one of ${shown.join(", ")} for a status post`);
}
