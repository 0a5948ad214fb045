import * as media from "./files.ts";
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { event } from "./event.ts";
import { choice, menu } from "./menu.ts";
import { album, call, unsupported } from "./other.ts";
import { contacts, groupInvite } from "./people.ts";
import { liveLocation, location } from "./places.ts";
import { poll, pollResult } from "./poll.ts";
import { text } from "./text.ts";
import { order, product } from "./trade.ts";

/**
 * What a message can say, by kind. Adding a kind is one line here, one converter in `whatsapp/convert/` (the
 * compiler asks for it) and one golden file (its test asks for it).
 */
export const contentSchemas = {
  text,
  image: media.image,
  video: media.video,
  gif: media.gif,
  video_note: media.videoNote,
  audio: media.audio,
  voice: media.voice,
  document: media.document,
  sticker: media.sticker,
  location,
  live_location: liveLocation,
  contacts,
  group_invite: groupInvite,
  poll,
  poll_result: pollResult,
  event,
  product,
  order,
  menu,
  choice,
  call,
  album,
  unsupported,
};

type Table = Record<string, TSchema>;
export type Kinds<T extends Table> = { [K in keyof T]: Static<T[K]> };

export type ContentKind = keyof typeof contentSchemas;
export type ContentOf<K extends ContentKind> = Static<(typeof contentSchemas)[K]>;
/** What a message says. */
export type Content = Kinds<typeof contentSchemas>[ContentKind];
export const contentKinds = Object.keys(contentSchemas) as ContentKind[];
export const contentSchema = Type.Union(Object.values(contentSchemas));

export const mediaKinds = ["image", "video", "gif", "video_note", "audio", "voice", "document", "sticker"] as const;
export type MediaKind = (typeof mediaKinds)[number];
export type MediaContent = ContentOf<MediaKind>;

export function isMedia(content: { kind: string }): content is MediaContent {
  return mediaKinds.some((kind) => kind === content.kind);
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

/** The card of a link. */
export type LinkPreview = NonNullable<ContentOf<"text">["preview"]>;
