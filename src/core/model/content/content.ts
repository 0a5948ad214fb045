import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { type Ability, inOrder } from "./kind.ts";
import { messageRefSchema, titled } from "./parts.ts";
import * as said from "./said.ts";

const kinds = { ...said };
export type ContentKind = keyof typeof kinds;
export const contentKinds = inOrder(kinds);

/** What a message can say, by kind. */
export const contentSchemas = Object.fromEntries(
  contentKinds.map((kind) => [kind, titled(kinds[kind].content, kind, "Content")]),
) as {
  [K in ContentKind]: (typeof kinds)[K]["content"];
};

export type Kinds<T extends Record<string, TSchema>> = { [K in keyof T]: Static<T[K]> };

export type ContentOf<K extends ContentKind> = Static<(typeof contentSchemas)[K]>;
/** What a message says. */
export type Content = Kinds<typeof contentSchemas>[ContentKind];
export const contentSchema = Type.Union(Object.values(contentSchemas), { title: "Content" });

/** The card of a link. */
export type LinkPreview = NonNullable<ContentOf<"text">["preview"]>;

/** Kinds that are a file. */
export type MediaKind = { [K in ContentKind]: ContentOf<K> extends { media_id: string } ? K : never }[ContentKind];
export type MediaContent = ContentOf<MediaKind>;

const isMediaKind = (kind: ContentKind): kind is MediaKind => "media_id" in contentSchemas[kind].properties;
export const mediaKinds: readonly MediaKind[] = contentKinds.filter(isMediaKind);

export function isMedia(content: { kind: string }): content is MediaContent {
  return mediaKinds.some((kind) => kind === content.kind);
}

/** Kinds of what is said with which that can be done. */
export const saidThatCan = (ability: Ability): ContentKind[] =>
  contentKinds.filter((kind) => kinds[kind].about.can?.includes(ability));

/** What a message is found by: its words, the names in it. */
export function searchWords(content: Content): string {
  const { words } = kinds[content.kind] as { words?: (content: Content) => readonly (string | undefined)[] };
  return (words?.(content) ?? []).filter((each) => each !== undefined && each !== "").join(" ");
}

const told = (description: string) => Type.Optional(Type.String({ description }));
/** Where somebody came from. */
const adSchema = Type.Object(
  {
    id: told("The ad's or the post's."),
    url: told("Of the ad."),
    title: told("Above the ad."),
    text: told("Of the ad."),
    click_id: told("Names the click (`ctwa_clid`), for reports to Meta."),
    source: told("What the click was on, in Meta's words: `ad` or `post`."),
    app: told("The app it was seen in, in WhatsApp's words, e.g. `facebook`."),
    entry_point: told("How they came to this chat, in WhatsApp's words, e.g. `ctwa_ad`."),
  },
  { title: "Ad", description: "The ad, link or page that led somebody here." },
);

/** What a message says beside its content. Only what is so stands in it. */
export const contextSchema = Type.Object({
  reply_to: Type.Optional(
    Type.Object(
      {
        id: Type.String({ description: "WhatsApp's id of the message answered." }),
        sender: Type.Union([Type.String(), Type.Null()]),
        sender_phone: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        sender_lid: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        sender_username: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        content: Type.Union([contentSchema, Type.Null()]),
        chat: Type.Optional(
          Type.String({
            description:
              "Where it was said, when the sender names it: `status@broadcast`, a group that is answered in private.",
          }),
        ),
      },
      {
        title: "QuotedMessage",
        description: "The message this one answers, as the sender quoted it; `content` is null when they did not.",
      },
    ),
  ),
  ad: Type.Optional(adSchema),
  mentions: Type.Optional(Type.Array(Type.String({ description: "JID." }))),
  mentions_everyone: Type.Optional(Type.Boolean()),
  forwarded: Type.Optional(
    Type.Integer({ minimum: 1, description: 'How often it was forwarded; WhatsApp says "many times" from 5.' }),
  ),
  view_once: Type.Optional(Type.Boolean()),
  spoiler: Type.Optional(Type.Boolean({ description: "Hidden until somebody taps it." })),
  expires_in: Type.Optional(Type.Integer({ minimum: 1, description: "Seconds after which it disappears." })),
  audience: Type.Optional(Type.Array(Type.String(), { description: "Who may see a status post." })),
  broadcast_list: Type.Optional(Type.String({ description: "The list of its sender's that it came by." })),
  comment_on: Type.Optional(messageRefSchema),
  album: Type.Optional(Type.String({ description: "Id of the album this belongs to." })),
});
export type Context = Static<typeof contextSchema>;
