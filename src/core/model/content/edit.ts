import { Type } from "@sinclair/typebox";
import { isChannelJid } from "../recipient.ts";
import { invalid, lookUp, messageRefOf, ownFirst } from "./message-ref.ts";
import { type Content, contentSchema, isMedia, saidThatCan } from "./content.ts";
import { exact, kind, mostCaption, target, visible } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { messageRefSchema, nullable } from "./parts.ts";

export const about: About = {
  name: { en: "Edit", id: "Suntingan" },
  place: 250,
  can: ["posted"],
  here: "with what it said before",
  others: "all but one, without",
};

/** What can replace the content of a message that was sent: everything one can say. */
export const content = Type.Object(
  {
    kind: Type.Literal("edit"),
    target: messageRefSchema,
    content: nullable(contentSchema),
  },
  {
    description:
      "New words for a message; `target` is the message as it first was. `content` is null when they are encrypted with " +
      "the secret of a message that is not known here.",
  },
);

export const draft = Type.Object(
  {
    ...kind("edit"),
    ...target,
    text: Type.String({
      ...visible,
      maxLength: 65_536,
      description: "the new text or caption, 1 to 65,536 characters and not only spaces",
    }),
  },
  exact,
);

export const make: Make<"edit"> = async ({ target: given, text }, desk) => {
  const found = await lookUp(await ownFirst(given, desk), desk);
  if (found && !found.fromMe && !isChannelJid(desk.chat))
    throw invalid("content.target", "takes a message that this account sent");
  const before = found?.content;
  const editable = saidThatCan("edited");
  if (before && !editable.includes(before.kind))
    throw invalid("content.target", `takes ${editable.join(", ")}; the kind ${before.kind} cannot be edited`);
  const own = { ...(typeof given === "string" ? { id: given } : given), from_me: true };
  const aimed = { ...(await messageRefOf(own, desk)), from_me: true };
  if (!before || !isMedia(before)) return { kind: "edit", target: aimed, content: { kind: "text", text } };
  if (text.length > mostCaption) throw invalid("content.text", `takes up to ${mostCaption} characters below a file`);
  return { kind: "edit", target: aimed, content: { ...before, caption: text } as Content };
};
