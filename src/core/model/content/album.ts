import { Type } from "@sinclair/typebox";
import { exact, kind } from "./draft-parts.ts";
import { draft as image } from "./image.ts";
import type { About, Make } from "./kind.ts";
import { count } from "./parts.ts";
import { draft as video } from "./video.ts";

export const about: About = {
  name: { en: "Album", id: "Album" },
  place: 220,
  others: "–",
};

export const content = Type.Object(
  {
    kind: Type.Literal("album"),
    images: count,
    videos: count,
    files: Type.Optional(
      Type.Array(Type.String(), { description: "Of an album that was sent: the ids of its messages, in order." }),
    ),
  },
  { description: "Announces pictures and videos that follow as messages of their own." },
);

/** As many as WhatsApp's apps let somebody choose; two is the least that they show together. */
const fewest = 2;
export const mostInAlbum = 30;

export const draft = Type.Object(
  {
    ...kind("album"),
    files: Type.Array(Type.Union([image, video]), {
      minItems: fewest,
      maxItems: mostInAlbum,
      description: `${fewest} to ${mostInAlbum} contents of the kinds image and video, each with its file and caption`,
    }),
  },
  exact,
);

/** What announces the files; each of them is a message of its own. */
export const make: Make<"album"> = ({ files }) => {
  const images = files.filter((file) => file.kind === "image").length;
  return { kind: "album", images, videos: files.length - images };
};
