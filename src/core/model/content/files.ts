import { Type } from "@sinclair/typebox";
import { exact, kind } from "./draft-parts.ts";
import { count } from "./parts.ts";

/** Where a file is: `remote` with WhatsApp until somebody asks, `ready` here, `failed` for good. */
export const mediaStates = ["remote", "ready", "failed"] as const;
export type MediaState = (typeof mediaStates)[number];

/** Every file has these; the bytes are fetched at `url`, never sent along. */
export const file = {
  mime: Type.String({ description: "As its sender says, e.g. `image/jpeg`." }),
  size: Type.Integer({ minimum: 0, description: "Bytes; 0 when the sender did not say." }),
  sha256: Type.String({ description: "Of the file, hex; empty when the sender did not say." }),
  media_id: Type.String({ description: "Names the file, also for sending it again." }),
  url: Type.String({ description: "Path of the file on this server; needs a key." }),
  state: Type.Union(mediaStates.map((state) => Type.Literal(state))),
  link: Type.Optional(
    Type.String({ format: "uri", description: "Good without a key; absent where the tenant wants no links." }),
  ),
  link_expires_at: Type.Optional(Type.Integer({ minimum: 0, description: "Unix seconds: until when `link` is good." })),
  base64: Type.Optional(Type.String({ description: "The file itself, at a webhook with `inline_kb`." })),
};
/** What stands below it. */
export const captioned = { caption: Type.Optional(Type.String()) };
export const picture = { width: Type.Optional(count), height: Type.Optional(count) };
export const length = { seconds: Type.Optional(count) };

let base = "";
/** BASE_PATH: all files of this process are served below it. Said once, before anything happens. */
export const serveFilesBelow = (path: string): void => void (base = path);

/** Where a file is fetched, on this server. */
export const mediaPath = (id: string): string => `${base}/v1/media/${id}`;

/** `type/subtype`, and what may stand behind it: none of it may end a header. */
export const typeOfFile = "^[\\w!#$&^.+-]+/[\\w!#$&^.+-]+\\s*(?:;[\\x20-\\x7e]*)?$";

/** Where the bytes of a file come from: exactly one of them. */
export const source = {
  url: Type.Optional(Type.String({ maxLength: 4_096, description: "an http(s) address this server fetches" })),
  base64: Type.Optional(Type.String({ description: "the file itself in base64, with or without a data: prefix" })),
  media_id: Type.Optional(Type.String({ description: "a file that was uploaded, sent or received before" })),
  mime: Type.Optional(
    Type.String({
      maxLength: 255,
      pattern: typeOfFile,
      description: 'its type ("text/csv"), when the file itself does not tell',
    }),
  ),
};

/** A field of drafts whose file is shown by a small picture. */
export const thumbnail = {
  thumbnail: Type.Optional(
    Type.String({
      maxLength: 1_500_000,
      description: "a picture in base64 that stands for the file until it is opened, instead of the one made of it",
    }),
  ),
};

/** The draft of a kind that is a file. */
export const fileDraft = <K extends string, P extends object>(name: K, more: P) =>
  Type.Object({ ...kind(name), ...source, ...more }, exact);
