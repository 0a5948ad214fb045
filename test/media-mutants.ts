/**
 * Decodes mutated sounds in threads of a process of its own: `bun test/media-mutants.ts <rounds>`
 * prints how each family fared. That it ends, and does not grow, is what is looked for.
 */
import type { Container } from "../src/media/container.ts";
import type { SoundFile } from "../src/media/decoding.ts";
import type { Voice } from "../src/media/voice.ts";
import { Workshop } from "../src/media/workshop.ts";
import { flac, mp3, wav } from "./files.ts";
import { amr, recorded, tone } from "./sounds.ts";
import { mutant, random } from "./mutants.ts";
import { Mp4OutputFormat, WebMOutputFormat } from "mediabunny";

const rounds = Number(process.argv[2]);
const next = random(7);
/** A damaged file can keep mediabunny busy for ever; its thread is ended. */
const threads = new Workshop({ atOnce: 2, ms: 5_000 });
const heard = async (bytes: Uint8Array, mime: string) => {
  const file = new Blob([Uint8Array.from(bytes)]);
  const tracks = mime === "audio/amr" ? null : await threads.run<Blob, Container>("container-worker.ts", file);
  return threads.run<SoundFile, Voice>("voice-worker.ts", { file, mime, tracks });
};
const opus = (await heard(wav(1), "audio/wav"))?.ogg ?? new Uint8Array();
const families: [string, Uint8Array][] = [
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
    const made = await heard(mutant(Buffer.from(bytes), next), mime);
    if (made) figure.made++;
    else figure.refused++;
  }
  figures[mime] = figure;
}
await Bun.write(Bun.stdout, JSON.stringify({ figures, rss: process.memoryUsage.rss() }));
process.exit(0);
