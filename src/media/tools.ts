import type { MediaKind } from "../core/model/content/content.ts";
import { Failure } from "../core/base/failure.ts";
import type { Made, MediaTools } from "../core/ports/media.ts";
import { isOpus, soundFacts } from "./sound.ts";
import { filmFacts } from "./film.ts";
import { asJpeg, pictureFacts, portrait, thumbnail } from "./picture.ts";
import { sniffed } from "./sniff.ts";
import { asSticker } from "./sticker.ts";
import { asVoice, voiceTypeOf } from "./voice.ts";

/** Pictures by Bun.Image, sounds by WebAssembly in a worker, films by reading their boxes. */
export const mediaTools: MediaTools = {
  async inspect(bytes) {
    const mime = await sniffed(bytes);
    if (mime === null) return null;
    const [family] = mime.split("/");
    if (family === "image") return { mime, facts: (await pictureFacts(bytes)) ?? {} };
    if (family === "video") return { mime, facts: await filmFacts(bytes) };
    if (family === "audio") return { mime, facts: await soundFacts(bytes, mime) };
    return { mime, facts: {} };
  },
  thumbnail,
  portrait,
  convert: async (kind, file) => converters[kind](kind === "document" ? file : await shown(file)),
};

/** What a file is called counts for a document only: a text that is called a film is none. */
async function shown(file: Made): Promise<Made> {
  return (await sniffed(file.bytes)) === null ? { ...file, mime: "application/octet-stream" } : file;
}

const asItIs = (file: Made): Promise<Made> => Promise.resolve(file);

/** WhatsApp's clients show pictures and films up to this size; larger ones go as documents. */
const most = { image: 16 * 2 ** 20, video: 100 * 2 ** 20 } as const;

/** As long as WhatsApp's apps record one. */
const mostNoteSeconds = 60;

const converters: Record<MediaKind, (file: Made) => Promise<Made>> = {
  async image(file) {
    needPicture("an image", "a JPEG, PNG, WebP or GIF picture", file);
    const made = file.mime === "image/jpeg" || file.mime === "image/png" ? await drawable(file) : await asJpeg(file);
    if (made.bytes.size > most.image) throw tooLarge("An image", most.image);
    return made;
  },
  sticker: async (file) => {
    needPicture("a sticker", "a picture", file);
    return asSticker(file);
  },
  video: film,
  gif: film,
  async video_note(file) {
    const made = await film(file);
    if ((made.facts.seconds ?? 0) > mostNoteSeconds)
      throw new Failure(
        "invalid",
        `A video note takes a film of up to ${mostNoteSeconds} seconds; send it as a video.`,
        {
          field: "content",
        },
      );
    return made;
  },
  audio: async (file) => {
    if (!file.mime.startsWith("audio/")) throw needs("an audio", "a sound file such as MP3, M4A, OGG or WAV", file);
    return file;
  },
  voice: async (file) => {
    const type = voiceTypeOf(file);
    if (!type) throw needs("a voice message", "MP3, M4A, AAC, OGG, WAV, FLAC, AMR or WebM", file);
    return (await isOpus(file)) && file.facts.waveform ? file : asVoice(file, type);
  },
  document: asItIs,
};

async function film(file: Made): Promise<Made> {
  if (file.mime === "image/gif")
    throw new Failure(
      "invalid",
      "WhatsApp plays MP4 only: convert this GIF to MP4 first, or send it as an image or a sticker.",
      { field: "content" },
    );
  if (file.mime !== "video/mp4" && file.mime !== "video/3gpp") throw needs("a video", "an MP4 film", file);
  if (Object.keys(file.facts).length === 0)
    throw new Failure("invalid", "The film cannot be played: it is damaged or cut off.", { field: "content" });
  if (file.bytes.size > most.video) throw tooLarge("A video", most.video);
  return file;
}

const pictures: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

function needPicture(what: string, takes: string, file: Made): void {
  if (file.facts.width !== undefined) return;
  throw pictures.has(file.mime) ? damaged() : needs(what, takes, file);
}

/** What nobody draws on its way is drawn once, to be seen. Throws `invalid`. */
async function drawable(file: Made): Promise<Made> {
  if ((await thumbnail(file.bytes)) === null) throw damaged();
  return file;
}

const damaged = () =>
  new Failure("invalid", "The picture is damaged, cut off or too large to be drawn.", { field: "content" });

function needs(what: string, takes: string, { mime }: Made): Failure {
  return new Failure("invalid", `The file is ${mime}, but ${what} takes ${takes}; send it as a document instead.`, {
    field: "content",
  });
}

function tooLarge(what: string, bytes: number): Failure {
  return new Failure(
    "too_large",
    `${what} may have ${bytes / 2 ** 20} MB in WhatsApp; send it as a document instead.`,
    {
      field: "content",
    },
  );
}
