import { type DraftLookups, invalid } from "../../model/content/message-ref.ts";
import type { Context } from "../../model/content/content.ts";
import {
  checkContext,
  checkedContent,
  checkDraftOptions,
  type DraftContext,
  type DraftKind,
  type DraftOf,
  makers,
} from "../../model/content/draft.ts";
import type { Make } from "../../model/content/kind.ts";
import type { SentContent } from "../../model/content/sent.ts";
import type { Draft } from "../../model/message/message.ts";
import { isChannelJid, statusChat } from "../../model/recipient.ts";
import { messageContextOf } from "./context.ts";
import { forwarded } from "./forward.ts";
import { checkPost } from "./post.ts";
import { checkStatus } from "./status.ts";
import { windowOf } from "./window.ts";

export interface PreparedDraft {
  content: SentContent;
  context: Context;
  /** WhatsApp takes it until then, milliseconds since 1970. */
  latest?: number;
}

/** Everything WhatsApp would refuse is refused here, before anything is queued, with a sentence that says what to change. */
export async function prepareDraft(draft: Draft, lookups: DraftLookups): Promise<PreparedDraft> {
  const { content, beside } = checkedDraft(draft);
  if (content.kind === "forward") return passedOn(content, beside, lookups);
  checkPlace(content.kind, beside, lookups);
  const make = makers[content.kind] as Make<Exclude<DraftKind, "forward">>;
  const made = await make(content, lookups);
  return { content: made, context: await messageContextOf(beside, made, lookups), ...(await windowOf(made, lookups)) };
}

/** Throws `invalid` when a draft is malformed, whatever it is about. */
export function checkedDraft(draft: Draft) {
  const { to: _, content: given, max_wait, send_at, ...beside } = draft;
  const content = checkedContent(given);
  checkDraftOptions({ ...(max_wait === undefined ? {} : { max_wait }), ...(send_at === undefined ? {} : { send_at }) });
  checkContext(beside);
  return { content, beside };
}

async function passedOn(
  draft: DraftOf<"forward">,
  beside: DraftContext,
  lookups: DraftLookups,
): Promise<PreparedDraft> {
  const stray = Object.keys(beside).find((field) => field !== "expires_in" && field !== "audience");
  if (stray !== undefined) throw invalid(stray, "goes with words of your own; leave it out of a forward");
  const { content, context } = await forwarded(draft, lookups);
  checkPlace(content.kind, beside, lookups);
  return { content, context: { ...(await messageContextOf(beside, content, lookups)), ...context } };
}

/** Not everything can be said everywhere. Throws `invalid`. */
function checkPlace(kind: DraftKind, beside: DraftContext, { chat }: DraftLookups): void {
  if (isChannelJid(chat)) checkPost(kind, beside);
  if (chat === statusChat) checkStatus(kind);
}
