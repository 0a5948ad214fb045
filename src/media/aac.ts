import { getAudioDecoder } from "@humansignal/audio-file-decoder";
import wasm from "@humansignal/audio-file-decoder/decode-audio.wasm" with { type: "file" };

/** FFmpeg's decoders of AAC and ALAC, in WebAssembly: what phones record. Reads ADTS, and MP4 with its relatives. */
export async function decodeAac(bytes: Uint8Array, mostSeconds: number) {
  const program = Buffer.from(await Bun.file(wasm).bytes()).toString("base64");
  const decoder = await getAudioDecoder(`data:application/wasm;base64,${program}`, Uint8Array.from(bytes).buffer);
  try {
    // Channels come mixed to one.
    const samples = decoder.decodeAudioData(0, mostSeconds, {});
    return { channelData: [samples], sampleRate: decoder.sampleRate };
  } finally {
    decoder.dispose();
  }
}
