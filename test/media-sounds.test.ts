import { decodeSound } from "../src/media/decoding.ts";
import { tracksOf } from "../src/media/inspect.ts";
import { expect, test } from "bun:test";
import decodeOpus from "@audio/decode-opus";
import { Mp4OutputFormat, WebMOutputFormat } from "mediabunny";
import { mediaTools } from "../src/media/tools.ts";
import { wav } from "./files.ts";
import { amr, pitch, recorded, tone } from "./sounds.ts";

async function spoken(bytes: Uint8Array) {
  const blob = new Blob([Uint8Array.from(bytes)]);
  const seen = await mediaTools.inspect(blob);
  const made = await mediaTools.convert("voice", { bytes: blob, mime: seen?.mime ?? "?", facts: seen?.facts ?? {} });
  const { channelData, sampleRate } = await decodeOpus(await made.bytes.bytes());
  return { was: seen?.mime, made, sound: channelData[0] ?? new Float32Array(), sampleRate };
}

/** How often a second the sound goes up through nothing, in its middle. */
function pitchOf(sound: Float32Array, sampleRate: number): number {
  const middle = sound.subarray(sound.length / 4, (sound.length * 3) / 4);
  let ups = 0;
  for (let at = 1; at < middle.length; at++) if ((middle[at - 1] ?? 0) < 0 && (middle[at] ?? 0) >= 0) ups++;
  return (ups * sampleRate) / middle.length;
}

test.each([
  ["what an iPhone records", "audio/mp4", () => tone("m4a")],
  ["bare AAC", "audio/aac", () => tone("aac")],
  ["what Chrome records", "audio/webm", () => recorded(new WebMOutputFormat())],
  ["Opus in MP4", "audio/mp4", () => recorded(new Mp4OutputFormat())],
  ["sound in a MOV file", "audio/quicktime", async () => named(await tone("m4a"), "qt  ")],
] as const)("%s becomes a voice message that sounds the same", async (_what, mime, make) => {
  const { was, made, sound, sampleRate } = await spoken(await make());
  expect(was).toBe(mime);
  expect(made).toMatchObject({ mime: "audio/ogg; codecs=opus", facts: { seconds: 1 } });
  expect(made.facts.waveform).toHaveLength(64);
  expect(sound.length / sampleRate).toBeWithin(0.95, 1.1);
  expect(pitchOf(sound, sampleRate)).toBeWithin(pitch * 0.97, pitch * 1.03);
});

test("what a browser recorded keeps its packets", async () => {
  const packets: Uint8Array[] = [];
  const { made } = await spoken(await recorded(new WebMOutputFormat(), packets));
  const ogg = Buffer.from(await made.bytes.bytes());
  expect(packets.every((packet) => ogg.includes(packet))).toBe(true);
});

test("an old phone's AMR becomes a voice message, too", async () => {
  const { was, made, sound } = await spoken(amr());
  expect(was).toBe("audio/amr");
  expect(made.facts).toMatchObject({ seconds: 1 });
  expect(sound.some((value) => Math.abs(value) > 0.01)).toBe(true);
});

test("what cannot be a voice message is told what can", async () => {
  const refused = async (bytes: Uint8Array) => spoken(bytes).catch((error: unknown) => error);
  expect(await refused(Buffer.from("%PDF-1.7"))).toMatchObject({
    message:
      "The file is application/pdf, but a voice message takes MP3, M4A, AAC, OGG, WAV, FLAC, AMR or WebM; send it as a document instead.",
  });
  // A film without sound.
  const silent = Buffer.from(await tone("m4a"));
  silent.write("vide", silent.indexOf("soun"), "latin1");
  expect(await refused(silent)).toMatchObject({ code: "invalid", message: expect.stringContaining("no sound") });
  expect((await spoken(wav(1))).made.facts.seconds).toBe(1);
});

function named(bytes: Uint8Array, brand: string): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.write(brand, 8, "latin1");
  return copy;
}

test("a file is read for its tracks once, whoever asks for them", async () => {
  const file = new Blob([Uint8Array.from(wav(1))]);
  expect(await tracksOf(file)).not.toBeNull();
  expect(await tracksOf(file)).toBe(await tracksOf(file));
  // Who decodes believes what was read before.
  const tracks = { audio: { codec: "pcm-s16", channels: 1 }, seconds: 99 };
  expect(await decodeSound({ file, mime: "audio/wav", tracks }, 60).catch(String)).toContain("too much");
  expect((await decodeSound({ file, mime: "audio/wav", tracks: { ...tracks, seconds: 1 } }, 60)).rate).toBe(16_000);
});
