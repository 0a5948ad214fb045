import { type DraftLookups, invalid } from "../../model/content/message-ref.ts";
import { type Content, type Context, saidThatCan } from "../../model/content/content.ts";
import { isAction } from "../../model/content/action.ts";
import type { DraftOf } from "../../model/content/draft.ts";
import { Failure } from "../../base/failure.ts";
import type { SentContent } from "../../model/content/sent.ts";
import { recipient, statusChat } from "../../model/recipient.ts";

/** What a message said before, to be said again. Throws `not_found`, `invalid`. */
export async function forwarded(
  { target, chat }: DraftOf<"forward">,
  lookups: DraftLookups,
): Promise<{ content: SentContent; context: Context }> {
  const from = chat === undefined ? lookups.chat : recipient(chat, "content.chat");
  const id = typeof target === "string" ? target : target.id;
  const other = await lookups.elsewhere(from, id);
  if (other !== null)
    throw invalid("content.target", `names a message of another chat, ${other}: say so in "content.chat"`);
  const found = await lookups.find(from, typeof target === "string" ? { id } : target);
  if (!found?.content)
    throw new Failure("not_found", 'There is no such message in that chat here; "content.chat" says in which it is.', {
      field: "content.target",
    });
  const { content, context } = found;
  if (found.deletedAt) throw new Failure("conflict", "That message was deleted.", { field: "content.target" });
  if (context.view_once) throw invalid("content.target", "takes what may be seen more than once");
  if (isAction(content) || !isForwardable(content))
    throw invalid("content.target", `takes a message that can be sent; the kind ${content.kind} cannot`);
  const forwarded = (context.forwarded ?? 0) + (found.fromMe ? 0 : 1);
  return { content: plain(content, lookups.chat), context: forwarded > 0 ? { forwarded } : {} };
}

/** The colours and font of a text status stay with the status. */
function plain(content: SentContent, chat: string): SentContent {
  if (content.kind !== "text" || chat === statusChat) return content;
  const { background: _background, color: _color, font: _font, ...words } = content;
  return words;
}

const isForwardable = (content: Content): content is Content & SentContent =>
  saidThatCan("forwarded").includes(content.kind);
