import { invalid } from "../../model/content/aim.ts";
import { mediaKinds } from "../../model/content/content.ts";
import type { Target } from "../../model/content/parts.ts";
import type { DraftContext, DraftKind } from "../../model/content/draft.ts";

/** What a channel takes. Everything else is between people. */
const posted: ReadonlySet<DraftKind> = new Set([
  "text",
  ...mediaKinds,
  "poll",
  "reaction",
  "edit",
  "delete",
  "forward",
]);

/** Throws `invalid` for a draft to a channel that says what no post can say. */
export function checkPost(kind: DraftKind, beside: DraftContext): void {
  if (!posted.has(kind)) throw invalid("content.kind", `takes one of ${[...posted].join(", ")} for a channel`);
  const [field] = Object.keys(beside);
  if (field !== undefined) throw invalid(field, "goes with messages to people and groups; leave it out of a post");
}

/** Posts can be changed and taken back by whoever runs the channel. */
export const postWindow = { ms: 30 * 24 * 3_600_000, words: "changes of a post for 30 days" };

/** A reaction goes by the number of a post. Throws `invalid` when it is not known. */
export function checkNumbered(target: Target): void {
  if (target.server_id === undefined)
    throw invalid("content.target", "names a post this server has never seen: say { id, server_id }");
}
