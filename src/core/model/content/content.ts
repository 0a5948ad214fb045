import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { type Ability, inOrder } from "./kind.ts";
import * as said from "./said.ts";

const kinds = { ...said };
export type ContentKind = keyof typeof kinds;
export const contentKinds = inOrder(kinds);

/** What a message can say, by kind. */
export const contentSchemas = Object.fromEntries(contentKinds.map((kind) => [kind, kinds[kind].content])) as {
  [K in ContentKind]: (typeof kinds)[K]["content"];
};

export type Kinds<T extends Record<string, TSchema>> = { [K in keyof T]: Static<T[K]> };

export type ContentOf<K extends ContentKind> = Static<(typeof contentSchemas)[K]>;
/** What a message says. */
export type Content = Kinds<typeof contentSchemas>[ContentKind];
export const contentSchema = Type.Union(Object.values(contentSchemas));

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

/** What a message says beside its content. Only what is so stands in it. */
export const contextSchema = Type.Object({
  reply_to: Type.Optional(
    Type.Object(
      {
        id: Type.String({ description: "WhatsApp's id of the message answered." }),
        sender: Type.Union([Type.String(), Type.Null()]),
        content: Type.Union([contentSchema, Type.Null()]),
      },
      { description: "The message this one answers, as the sender quoted it." },
    ),
  ),
  mentions: Type.Optional(Type.Array(Type.String({ description: "JID." }))),
  mentions_everyone: Type.Optional(Type.Boolean()),
  forwarded: Type.Optional(
    Type.Integer({ minimum: 1, description: 'How often it was forwarded; WhatsApp says "many times" from 5.' }),
  ),
  view_once: Type.Optional(Type.Boolean()),
  expires_in: Type.Optional(Type.Integer({ minimum: 1, description: "Seconds after which it disappears." })),
  audience: Type.Optional(Type.Array(Type.String(), { description: "Who may see a status post." })),
  album: Type.Optional(Type.String({ description: "Id of the album this belongs to." })),
});
export type Context = Static<typeof contextSchema>;
