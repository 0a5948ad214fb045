import { Failure } from "../../base/failure.ts";
import type { DraftLookups } from "../../model/content/message-ref.ts";
import type { SentContent } from "../../model/content/sent.ts";
import { isChannelJid } from "../../model/recipient.ts";
import { postWindow } from "./post.ts";

/** How long after a message was sent WhatsApp lets its sender change it. */
const windows = {
  edit: { ms: 15 * 60_000, words: "edits for 15 minutes" },
  delete: { ms: 60 * 3_600_000, words: "a message back for 60 hours" },
};

/** Until when WhatsApp takes a change of a message, milliseconds since 1970. Throws `conflict` when that is over. */
export async function windowOf(content: SentContent, lookups: DraftLookups): Promise<{ latest?: number }> {
  if (content.kind !== "edit" && content.kind !== "delete") return {};
  const inChannel = isChannelJid(lookups.chat);
  if (!inChannel && !content.target.from_me) return {};
  const found = await lookups.find(lookups.chat, content.target);
  if (!found) return {};
  const { ms, words } = inChannel ? postWindow : windows[content.kind];
  if (lookups.now - found.at <= ms) return { latest: found.at + ms };
  throw new Failure("conflict", `WhatsApp takes ${words} after it was sent; this one would be later.`);
}
