import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  OggOutputFormat,
  Output,
  QTFF,
  WEBM,
} from "mediabunny";

// What strangers send is no business of the console's.
Logging.level = LogLevel.Silent;

/** `OpusHead` (RFC 7845), which not every recording carries. */
const head = (channels: number) =>
  Uint8Array.from([...Buffer.from("OpusHead"), 1, channels, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);

/** The sound of a browser's recording as an Ogg file, untouched; null when its codec is none that Ogg holds. */
export async function asOgg(bytes: Uint8Array): Promise<{ ogg: Uint8Array; codec: "opus" | "vorbis" } | null> {
  const input = new Input({ source: new BufferSource(bytes), formats: [WEBM, MATROSKA, MP4, QTFF] });
  const track = await input.getPrimaryAudioTrack();
  const config = await track?.getDecoderConfig();
  const codec = track?.codec;
  if (!track || !config || (codec !== "opus" && codec !== "vorbis")) return null;
  const decoderConfig = { ...config, description: config.description ?? head(config.numberOfChannels) };
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets()) await source.add(packet, { decoderConfig });
  await output.finalize();
  return { ogg: new Uint8Array(target.buffer ?? []), codec };
}
