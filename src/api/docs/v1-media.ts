import { operation } from "./answers.ts";
import { keyed } from "./keyed.ts";

const aFile = {
  media_id: "019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e57",
  url: "/v1/media/019a9f2e-4c51-7b3a-9d7e-2f0c6a1b4e57",
  mime: "image/jpeg",
  name: "sunset.jpg",
  size: 48_213,
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  state: "ready",
  reason: null,
  width: 1200,
  height: 800,
  created_at: 1703145670,
};

const absent = { success: false, error: "There is no such file here.", code: "not_found" };
const gone = { success: false, error: "WhatsApp does not keep this file any more.", code: "gone" };

export const file = operation(
  "The file itself, fetched from WhatsApp first when it is not here yet. Takes Range and If-None-Match",
  keyed,
  {
    200: ["The bytes, with their type", "…"],
    206: ["The part that Range asks for", "…"],
    404: ["Absent, or somebody else's", absent],
    410: ["It was not fetched in time; the sender has to send it again", gone],
  },
);

export const info = operation("What is known of a file", keyed, {
  200: ["The file", { success: true, data: aFile }],
  404: ["Absent, or somebody else's", absent],
});

export const thumbnail = operation("A small JPEG of a picture", keyed, {
  200: ["The picture", "…"],
  404: ["There is none", absent],
});

export const upload = operation(
  'Takes in a file to be sent by its `media_id`: the form part named "file", or the body itself with its content-type',
  keyed,
  {
    201: ["It is on disk", { success: true, data: aFile }],
    400: [
      "There is no file in the request",
      { success: false, error: "The body is empty: it takes the file itself.", code: "invalid" },
    ],
    413: [
      "Larger than MEDIA_MAX_MB",
      { success: false, error: "The file is larger than 100 MB, the limit here (MEDIA_MAX_MB).", code: "too_large" },
    ],
  },
);
