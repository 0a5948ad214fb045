/**
 * Decodes mutated sounds in a process of its own, as the workshop does in a thread: `bun test/media-mutants.ts <rounds>`
 * prints how each family fared. That it ends, and does not grow, is what is looked for.
 */
import { type VoiceType } from "../src/media/voice.ts";
import { voiceOf } from "../src/media/opus.ts";
import { flac, mp3, wav } from "./files.ts";
import { amr, recorded, tone } from "./sounds.ts";
import { mutant, random } from "./mutants.ts";
import { Mp4OutputFormat, WebMOutputFormat } from "mediabunny";

const rounds = Number(process.argv[2]);
const next = random(7);
const opus = (await voiceOf(wav(1), "audio/wav")).ogg;
const families: [VoiceType, Uint8Array][] = [
  ["audio/wav", wav(1)],
  ["audio/mpeg", mp3(1)],
  ["audio/flac", flac(1)],
  ["audio/ogg; codecs=opus", opus],
  ["audio/ogg", opus],
  ["audio/mp4", await tone("m4a")],
  ["audio/aac", await tone("aac")],
  ["audio/amr", amr()],
  ["video/webm", await recorded(new WebMOutputFormat())],
  ["video/mp4", await recorded(new Mp4OutputFormat())],
];
const figures: Record<string, { made: number; refused: number }> = {};
for (const [mime, bytes] of families) {
  const figure = { made: 0, refused: 0 };
  for (let round = 0; round < rounds; round++) {
    const made = await voiceOf(mutant(Buffer.from(bytes), next), mime).catch(() => null);
    if (made) figure.made++;
    else figure.refused++;
  }
  figures[mime] = figure;
}
await Bun.write(Bun.stdout, JSON.stringify({ figures, rss: process.memoryUsage.rss() }));
process.exit(0);
