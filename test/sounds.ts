import { join } from "node:path";
import { Application, createEncoder } from "libopus-wasm";
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  type Mp4OutputFormat,
  Output,
  type WebMOutputFormat,
} from "mediabunny";

const rate = 48_000;
export const pitch = 440;

/** A second of a tone, as FFmpeg encodes it: for there is no encoder of AAC here. */
export const tone = async (name: "m4a" | "aac"): Promise<Buffer> =>
  Buffer.from(await Bun.file(join(import.meta.dir, "golden/sounds", `tone.${name}`)).bytes());

/** A second of a tone as browsers record it: Opus in one of these. */
export async function recorded(
  format: WebMOutputFormat | Mp4OutputFormat,
  packets: Uint8Array[] = [],
): Promise<Uint8Array> {
  const encoder = await createEncoder({
    channels: 1,
    sampleRate: rate,
    application: Application.Voip,
    bitrate: 32_000,
  });
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  const description = Uint8Array.from([...Buffer.from("OpusHead"), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const decoderConfig = { codec: "opus", numberOfChannels: 1, sampleRate: rate, description };
  for (let at = 0; at < 50; at++) {
    const pcm = Float32Array.from(
      { length: 960 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * pitch * (at * 960 + i)) / rate),
    );
    const packet = encoder.encodeFloat(pcm).slice();
    packets.push(packet);
    await source.add(new EncodedPacket(packet, "key", at / 50, 1 / 50), { decoderConfig });
  }
  await output.finalize();
  encoder.free();
  return new Uint8Array(target.buffer ?? []);
}

/** Half a minute of noise that an AMR decoder makes of any bits. */
export const amr = () =>
  Buffer.concat([
    Buffer.from("#!AMR\n"),
    ...Array.from({ length: 50 }, (_, at) =>
      Buffer.from([0x3c, ...Array.from({ length: 31 }, (__, i) => (at * 31 + i * 7) % 256)]),
    ),
  ]);
