import { Application, createEncoder } from "libopus-wasm";
import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, OggOutputFormat, Output } from "mediabunny";

/** Samples a second. */
export const opusRate = 48_000;
/** 20 ms, as WhatsApp's own clients record. */
const frame = 960;
const bitrate = 32_000;

/** One channel of 48 kHz as Opus in Ogg (RFC 7845). */
export async function encodedOpus(samples: Float32Array): Promise<Uint8Array> {
  const encoder = await createEncoder({ channels: 1, sampleRate: opusRate, application: Application.Voip, bitrate });
  try {
    const preSkip = encoder.getLookahead();
    const target = new BufferTarget();
    const output = new Output({ format: new OggOutputFormat(), target });
    const source = new EncodedAudioPacketSource("opus");
    output.addAudioTrack(source);
    await output.start();
    const decoderConfig = { codec: "opus", numberOfChannels: 1, sampleRate: opusRate, description: head(preSkip) };
    for (let at = 0; at < samples.length + preSkip; at += frame) {
      const pcm = new Float32Array(frame);
      pcm.set(samples.subarray(at, at + frame));
      const packet = encoder.encodeFloat(pcm).slice();
      await source.add(new EncodedPacket(packet, "key", at / opusRate, frame / opusRate), { decoderConfig });
    }
    await output.finalize();
    return new Uint8Array(target.buffer ?? []);
  } finally {
    encoder.free();
  }
}

/** `OpusHead` of one channel; the first `preSkip` samples are the encoder's own. */
function head(preSkip: number): Uint8Array {
  const bytes = Buffer.alloc(19);
  bytes.write("OpusHead", 0, "latin1");
  bytes.writeUInt8(1, 8);
  bytes.writeUInt8(1, 9);
  bytes.writeUInt16LE(preSkip, 10);
  bytes.writeUInt32LE(opusRate, 12);
  return Uint8Array.from(bytes);
}
