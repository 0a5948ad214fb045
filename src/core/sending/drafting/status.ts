import { invalid } from "../../model/content/aim.ts";
import type { DraftKind } from "../../model/content/draft.ts";

const shown: ReadonlySet<DraftKind> = new Set(["text", "image", "video", "gif", "voice", "forward", "delete"]);

/** Throws `invalid` for what no status post can be. */
export function checkStatus(kind: DraftKind): void {
  if (!shown.has(kind)) throw invalid("content.kind", `takes one of ${[...shown].join(", ")} for a status post`);
}
