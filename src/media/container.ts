import { ALL_FORMATS, BlobSource, Input, Logging, LogLevel } from "mediabunny";

// Mediabunny warns on the console about damaged files. Strangers send them, so the console must stay quiet.
Logging.level = LogLevel.Silent;

/** What the tracks of a sound or film file show. */
export interface Container {
  /** `video/…` when a picture track plays, `audio/…` when only sound does; without codecs, except for Opus in Ogg. */
  mime: string;
  seconds: number;
  video: { codec: string; width: number; height: number } | null;
  audio: { codec: string; channels: number } | null;
  /** A picture that the file carries, such as the cover of a song. */
  cover: Uint8Array | null;
}

/** A cover above this is not looked at, in bytes. */
const mostCover = 8 * 2 ** 20;

/** A file opened for its tracks; the caller disposes it. */
export const opened = (bytes: Blob): Input => new Input({ source: new BlobSource(bytes), formats: ALL_FORMATS });

/** The tracks of an MP4, 3GP, MOV, WebM, Matroska, Ogg, MP3, WAV, FLAC or ADTS file; null of every other file. */
export async function containerOf(bytes: Blob): Promise<Container | null> {
  using input = opened(bytes);
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  if (!video && !audio) return null;
  const base = (await input.getMimeType()).split(";")[0] ?? "";
  const isOpusInOgg = base === "audio/ogg" && audio?.codec === "opus";
  return {
    mime: isOpusInOgg ? "audio/ogg; codecs=opus" : base.replace(/^\w+/, video ? "video" : "audio"),
    seconds: await secondsOf(input),
    video: video && { codec: codecOf(video), width: video.displayWidth, height: video.displayHeight },
    audio: audio && { codec: codecOf(audio), channels: audio.numberOfChannels },
    cover: await coverOf(input),
  };
}

async function secondsOf(input: Input): Promise<number> {
  // Counting packets can take for ever in a damaged file; most files say how long they are.
  const said = await input.getDurationFromMetadata();
  if (said !== null) return said;
  // What is counted is where it ends, and a recording of a stream (MPEG-TS) does not begin at zero.
  return (await input.computeDuration()) - Math.max(0, await input.getFirstTimestamp());
}

/** Mediabunny's word for a codec, or the file's own where mediabunny has none (`alac`). */
function codecOf(track: { codec: string | null; internalCodecId: unknown }): string {
  return track.codec ?? (typeof track.internalCodecId === "string" ? track.internalCodecId : "unknown");
}

async function coverOf(input: Input): Promise<Uint8Array | null> {
  const { images = [] } = await input.getMetadataTags();
  const cover = images.find(({ kind }) => kind === "coverFront") ?? images[0];
  return cover && cover.data.length <= mostCover ? cover.data : null;
}
