import type { ActionOf } from "../model/content/action.ts";
import type { NotApplied } from "../model/events/event-parts.ts";
import { type MessageName, nameOfMessage, nameOfRef } from "../model/message/message-name.ts";
import type { Envelope, Incoming } from "../model/message/message.ts";
import type { HistoryChange, StoredMessage } from "../ports/history.ts";

/**
 * The message that an edit or a deletion is for: an edit is of its author's. What somebody deletes for others is theirs
 * too, unless its sender is an admin of the group. Options are added to a poll by whoever may.
 */
export function aimOf({ kind, target }: ActionOf<"edit" | "delete">, message: Incoming): MessageName {
  const mayOthers = kind === "delete" ? (message.byAdmin ?? message.fromMe) : message.addsOptions;
  return mayOthers ? nameOfRef(message.chat, target) : nameOfMessage({ ...message, id: target.id });
}

interface Effect {
  readonly applied: boolean;
  readonly reason?: NotApplied;
}

/** Whether an edit or a deletion was done to a message that is known here, and why not. */
export function effectOf(
  content: ActionOf<"edit" | "delete">,
  chat: string,
  { author }: MessageName,
  before: StoredMessage | null,
): Effect {
  const not = (reason: NotApplied): Effect => ({ applied: false, reason });
  if (content.kind === "edit" && content.content === null) return not("unreadable");
  if (isOfAnother(content, chat, author)) return not("not_author");
  if (before === null) return not("unknown_message");
  return content.kind === "edit" && before.deletedAt !== null ? not("deleted") : { applied: true };
}

/** The message that it names is not its sender's, who may use the id too: theirs is not what is meant. */
function isOfAnother({ target }: ActionOf<"edit" | "delete">, chat: string, author: MessageName["author"]): boolean {
  const claimed = nameOfRef(chat, target).author;
  return claimed !== null && claimed !== author;
}

/** What an edit or a deletion does to what is remembered. What comes before its message waits for it. */
export function changeOf(
  content: ActionOf<"edit" | "delete">,
  { chat, timestamp }: Envelope,
  aim: MessageName,
  before: StoredMessage | null,
): HistoryChange[] {
  if (isOfAnother(content, chat, aim.author)) return [];
  const at = timestamp * 1000;
  const name = before ? nameOfMessage(before) : aim;
  if (content.kind === "delete") return [{ type: "deleted", ...name, at }];
  return content.content ? [{ type: "edited", ...name, content: content.content, at }] : [];
}
