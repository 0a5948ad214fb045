import { day } from "../../base/durations.ts";
import { invalid } from "../../model/content/message-ref.ts";
import { type DraftContext, type DraftKind, draftsThatCan } from "../../model/content/draft.ts";

/** What a channel takes. Everything else is between people. */
const posted = draftsThatCan("posted");

/** Throws `invalid` for a draft to a channel that says what no post can say. */
export function checkPost(kind: DraftKind, beside: DraftContext): void {
  if (!posted.includes(kind)) throw invalid("content.kind", `takes one of ${posted.join(", ")} for a channel`);
  const [field] = Object.keys(beside);
  if (field !== undefined) throw invalid(field, "goes with messages to people and groups; leave it out of a post");
}

/** Posts can be changed and taken back by whoever runs the channel. */
export const postWindow = { ms: 30 * day, words: "changes of a post for 30 days" };
