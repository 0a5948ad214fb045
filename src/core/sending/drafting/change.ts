import { type Desk, invalid, look, targetOf } from "../../model/content/aim.ts";
import { type Content, isMedia } from "../../model/content/content.ts";
import type { DraftOf } from "../../model/content/draft.ts";
import { mostCaption } from "../../model/content/draft-parts.ts";
import { Failure } from "../../base/failure.ts";
import type { SentContent } from "../../model/content/sent.ts";
import { isChannelJid, isGroupJid } from "../../model/recipient.ts";
import { postWindow } from "./post.ts";

/** How long after a message was sent WhatsApp lets its sender change it. */
const windows = {
  edit: { ms: 15 * 60_000, words: "edits for 15 minutes" },
  delete: { ms: 60 * 3_600_000, words: "a message back for 60 hours" },
};

/** Until when WhatsApp takes a change of a message, milliseconds since 1970. Throws `conflict` when that is over. */
export async function windowOf(content: SentContent, desk: Desk): Promise<{ latest?: number }> {
  if (content.kind !== "edit" && content.kind !== "delete") return {};
  const inChannel = isChannelJid(desk.chat);
  if (!inChannel && !content.target.from_me) return {};
  const found = await desk.find(desk.chat, content.target.id);
  if (!found) return {};
  const { ms, words } = inChannel ? postWindow : windows[content.kind];
  if (desk.now - found.at <= ms) return { latest: found.at + ms };
  throw new Failure("conflict", `WhatsApp takes ${words} after it was sent; this one would be later.`);
}

const editable: ReadonlySet<string> = new Set(["text", "image", "video", "gif", "document"]);

export async function edit({ target, text }: DraftOf<"edit">, desk: Desk): Promise<SentContent> {
  const found = await look(target, desk);
  if (found && !found.fromMe && !isChannelJid(desk.chat))
    throw invalid("content.target", "takes a message that this account sent");
  const before = found?.content;
  if (before && !editable.has(before.kind))
    throw invalid("content.target", `takes ${[...editable].join(", ")}; a ${before.kind} cannot be edited`);
  const own = { ...(typeof target === "string" ? { id: target } : target), from_me: true };
  const aimed = { ...(await targetOf(own, desk)), from_me: true };
  if (!before || !isMedia(before)) return { kind: "edit", target: aimed, content: { kind: "text", text } };
  if (text.length > mostCaption) throw invalid("content.text", `takes up to ${mostCaption} characters below a file`);
  return { kind: "edit", target: aimed, content: { ...before, caption: text } as Content };
}

export async function deletion({ target }: DraftOf<"delete">, desk: Desk): Promise<SentContent> {
  const aimed = await targetOf(target, desk);
  if (!aimed.from_me && !isGroupJid(desk.chat) && !isChannelJid(desk.chat))
    throw invalid(
      "content.target",
      "takes a message that this account sent; others' can be deleted in groups, by admins",
    );
  return { kind: "delete", target: aimed };
}
