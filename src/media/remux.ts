import {
  AdtsOutputFormat,
  type AudioCodec,
  BufferTarget,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FlacOutputFormat,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  type OutputFormat,
  WavOutputFormat,
} from "mediabunny";
import { opened } from "./container.ts";

/** `OpusHead` (RFC 7845), which not every recording carries. */
const opusHead = (channels: number) =>
  Uint8Array.from([...Buffer.from("OpusHead"), 1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);

/** A file that holds a sound of this codec and nothing else; null when none does. */
function bareFormat(codec: AudioCodec | null, pageSeconds?: number): OutputFormat | null {
  if (codec === "opus" || codec === "vorbis")
    return new OggOutputFormat(pageSeconds === undefined ? {} : { maximumPageDuration: pageSeconds });
  if (codec === "aac") return new AdtsOutputFormat();
  if (codec === "mp3") return new Mp3OutputFormat();
  if (codec === "flac") return new FlacOutputFormat();
  return codec?.startsWith("pcm-") ? new WavOutputFormat() : null;
}

/** The sound of any container alone in a file of its own, its packets untouched; null when there is no such file. */
export async function soundOf(bytes: Blob, pageSeconds?: number): Promise<Uint8Array | null> {
  using input = opened(bytes);
  const track = await input.getPrimaryAudioTrack();
  const format = track && bareFormat(track.codec, pageSeconds);
  return format ? await written(format, [await soundCopy(track)]) : null;
}

/** The sound as WhatsApp plays it: Opus in Ogg, AAC in MP4; null of other codecs. */
export async function playableSound(bytes: Blob): Promise<{ bytes: Uint8Array; mime: string } | null> {
  using input = opened(bytes);
  const track = await input.getPrimaryAudioTrack();
  if (track?.codec === "opus") {
    return { bytes: await written(new OggOutputFormat(), [await soundCopy(track)]), mime: "audio/ogg; codecs=opus" };
  }
  if (track?.codec !== "aac") return null;
  return { bytes: await written(new Mp4OutputFormat(), [await soundCopy(track)]), mime: "audio/mp4" };
}

/** A film as an MP4, its packets untouched; null when its codecs are none that MP4 holds. */
export async function asMp4(bytes: Blob): Promise<Uint8Array | null> {
  using input = opened(bytes);
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  const format = new Mp4OutputFormat();
  const codecs: readonly (string | null)[] = format.getSupportedCodecs();
  if (!video || !codecs.includes(video.codec) || (audio && !codecs.includes(audio.codec))) return null;
  return await written(format, [await filmCopy(video), ...(audio ? [await soundCopy(audio)] : [])]);
}

/** A track on its way from one file into another. */
interface TrackCopy {
  addTo(output: Output): void;
  run(): Promise<void>;
}

async function soundCopy(track: InputAudioTrack): Promise<TrackCopy> {
  const source = new EncodedAudioPacketSource(track.codec ?? "aac");
  const config = await track.getDecoderConfig();
  const head = track.codec === "opus" ? { description: config?.description ?? opusHead(track.numberOfChannels) } : {};
  const meta = config ? { decoderConfig: { ...config, ...head } } : {};
  return { addTo: (output) => output.addAudioTrack(source), run: () => copied(track, source, meta) };
}

async function filmCopy(track: InputVideoTrack): Promise<TrackCopy> {
  const source = new EncodedVideoPacketSource(track.codec ?? "avc");
  const config = await track.getDecoderConfig();
  const meta = config ? { decoderConfig: config } : {};
  const { rotation } = track;
  return { addTo: (output) => output.addVideoTrack(source, { rotation }), run: () => copied(track, source, meta) };
}

interface PacketSource<Meta> {
  add(packet: EncodedPacket, meta: Meta): Promise<void>;
  close(): void;
}

async function copied<Meta>(track: InputTrack, source: PacketSource<Meta>, meta: Meta): Promise<void> {
  for await (const packet of new EncodedPacketSink(track).packets()) await source.add(packet, meta);
  source.close();
}

async function written(format: OutputFormat, copies: readonly TrackCopy[]): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format, target });
  for (const copy of copies) copy.addTo(output);
  await output.start();
  await Promise.all(copies.map((copy) => copy.run()));
  await output.finalize();
  return new Uint8Array(target.buffer ?? []);
}
