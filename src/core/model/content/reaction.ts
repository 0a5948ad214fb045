import { Type } from "@sinclair/typebox";
import { isChannelJid } from "../recipient.ts";
import { invalid, messageRefOf } from "./message-ref.ts";
import { exact, kind, target } from "./draft-parts.ts";
import type { About, Make } from "./kind.ts";
import { nullable, messageRefSchema } from "./parts.ts";

export const about: About = {
  name: { en: "Reaction", id: "Reaksi" },
  place: 240,
  can: ["posted"],
  others: "all but one",
};

export const content = Type.Object(
  {
    kind: Type.Literal("reaction"),
    target: messageRefSchema,
    emoji: nullable(Type.String({ description: "Null takes the reaction back." })),
    unreadable: Type.Optional(
      Type.Literal(true, {
        description: "The reaction is encrypted with the message's secret, which is not known here; `emoji` is null.",
      }),
    ),
  },
  { description: "A reaction to a message." },
);

export const draft = Type.Object(
  {
    ...kind("reaction"),
    ...target,
    emoji: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
      description: 'one emoji; null or "" takes the reaction back',
    }),
  },
  exact,
);

/** One emoji as WhatsApp shows them; old symbols also without the mark that makes them colourful. */
const oneEmoji = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;

export const make: Make<"reaction"> = async ({ target: given, emoji }, desk) => {
  if (emoji && !oneEmoji.test(emoji))
    throw invalid("content.emoji", 'takes one emoji; null or "" takes the reaction back');
  const aimed = await messageRefOf(given, desk);
  // A reaction to a post goes by its number.
  if (isChannelJid(desk.chat) && aimed.server_id === undefined)
    throw invalid("content.target", "names a post this server has never seen: say { id, server_id }");
  return { kind: "reaction", target: aimed, emoji: emoji || null };
};
