import { Type } from "@sinclair/typebox";
import { mediaStates } from "../../core/model/content/files.ts";
import { nullable } from "../../core/model/content/parts.ts";
import { file as bytes, found, operation } from "./answers.ts";
import { failed } from "./failure.ts";
import { oneOf, seconds } from "./parts.ts";

export const mediaFile = Type.Object(
  {
    media_id: Type.String(),
    url: Type.String({ description: "Path of the file on this server; needs a key." }),
    mime: Type.String(),
    name: nullable(Type.String()),
    size: Type.Integer({ minimum: 0, description: "Bytes; 0 while unknown." }),
    sha256: Type.String({ description: "Hex." }),
    state: oneOf(mediaStates, { description: "`remote`: with WhatsApp until somebody asks. `failed`: for good." }),
    reason: nullable(Type.String({ description: "Why it failed." })),
    width: Type.Optional(Type.Integer({ minimum: 0, description: "Pixels." })),
    height: Type.Optional(Type.Integer({ minimum: 0, description: "Pixels." })),
    seconds: Type.Optional(Type.Integer({ minimum: 0, description: "How long it plays." })),
    animated: Type.Optional(Type.Boolean()),
    waveform: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 100 }), { description: "64 bars." })),
    created_at: seconds,
  },
  { title: "MediaFile" },
);

const absent = failed("Absent, or somebody else's");
export const anything = bytes("image/*", "video/*", "audio/*", "application/octet-stream");

export const file = operation(
  "getMedia",
  "Get a file",
  {
    200: ["The bytes, with their type", anything],
    206: ["The part that Range asks for", anything],
    304: ["The caller has it already, as If-None-Match says", bytes()],
    404: absent,
    410: failed("It was not fetched in time; the sender has to send it again"),
    416: failed("The file has no such part"),
    503: failed("WhatsApp's file servers do not answer"),
  },
  {
    description: "Fetched from WhatsApp first when it is not here yet.",
    headers: { Range: "A part of the file: `bytes=0-999`.", "If-None-Match": "The `ETag` of an earlier answer." },
  },
);

export const info = operation("getMediaInfo", "Tell what is known of a file", {
  200: ["The file", found(mediaFile)],
  404: absent,
});

export const thumbnail = operation("getMediaThumbnail", "Get a small JPEG of a picture", {
  200: ["The picture", bytes("image/jpeg")],
  404: failed("There is none"),
});

const mediaLink = Type.Object({ url: Type.String({ format: "uri" }), expires_at: seconds }, { title: "MediaLink" });
export const link = operation(
  "createMediaLink",
  "Make a link to a file for whoever has no key",
  {
    200: [
      "The link; good for `lifetime` seconds (3600), until a restart or the end of the key at the latest",
      found(mediaLink),
    ],
    404: absent,
  },
  { description: "For an `<img>`, a no-code tool, a service that fetches the file." },
);

export const upload = operation(
  "uploadMedia",
  "Upload a file to be sent by its `media_id`",
  {
    201: ["It is on disk", found(mediaFile)],
    400: failed("There is no file in the request"),
    413: failed("Larger than MEDIA_MAX_MB"),
  },
  {
    body: {
      byType: {
        "application/octet-stream": Type.String({
          format: "binary",
          description: "The file itself, with its own content-type.",
        }),
        "multipart/form-data": Type.Object({ file: Type.String({ format: "binary" }) }),
      },
    },
  },
);
