import { Type } from "@sinclair/typebox";
import { count } from "./parts.ts";

/** Where a file is: `remote` with WhatsApp until somebody asks, `ready` here, `failed` for good. */
export const mediaStates = ["remote", "ready", "failed"] as const;
export type MediaState = (typeof mediaStates)[number];

/** Every file has these; the bytes are fetched at `url`, never sent along. */
const file = {
  mime: Type.String({ description: "As its sender says, e.g. `image/jpeg`." }),
  size: Type.Integer({ minimum: 0, description: "Bytes; 0 when the sender did not say." }),
  sha256: Type.String({ description: "Of the file, hex; empty when the sender did not say." }),
  media_id: Type.String({ description: "Names the file, also for sending it again." }),
  url: Type.String({ description: "Path of the file on this server; needs a key." }),
  state: Type.Union(mediaStates.map((state) => Type.Literal(state))),
};
const caption = { caption: Type.Optional(Type.String()) };
const picture = { width: Type.Optional(count), height: Type.Optional(count) };
const length = { seconds: Type.Optional(count) };

export const image = Type.Object(
  { kind: Type.Literal("image"), ...file, ...picture, ...caption },
  { description: "A picture." },
);
export const video = Type.Object(
  { kind: Type.Literal("video"), ...file, ...picture, ...length, ...caption },
  { description: "A video." },
);
export const gif = Type.Object(
  { kind: Type.Literal("gif"), ...file, ...picture, ...length, ...caption },
  { description: "A silent video that plays in a loop." },
);
export const videoNote = Type.Object(
  { kind: Type.Literal("video_note"), ...file, ...picture, ...length },
  { description: "A round video message." },
);
export const audio = Type.Object(
  { kind: Type.Literal("audio"), ...file, ...length },
  { description: "A sound file, such as music." },
);
export const voice = Type.Object(
  {
    kind: Type.Literal("voice"),
    ...file,
    ...length,
    waveform: Type.Optional(Type.Array(count, { description: "Up to 64 bars, 0 to 100.", maxItems: 256 })),
  },
  { description: "A voice message." },
);
export const document = Type.Object(
  {
    kind: Type.Literal("document"),
    ...file,
    name: Type.Optional(Type.String({ description: "The file's name." })),
    pages: Type.Optional(count),
    ...caption,
  },
  { description: "Any file." },
);
export const sticker = Type.Object(
  { kind: Type.Literal("sticker"), ...file, ...picture, animated: Type.Boolean() },
  { description: "A sticker, WebP." },
);

/** Where a file is fetched, on this server. */
export const mediaPath = (id: string): string => `/v1/media/${id}`;
