import { expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { mediaKinds } from "../src/core/model/content/content.ts";
import { Failure } from "../src/core/base/failure.ts";
import { containerOf } from "../src/media/container.ts";
import { decodeSound } from "../src/media/decoding.ts";
import { mediaTools } from "../src/media/tools.ts";
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  OggOutputFormat,
  Output,
  WebMOutputFormat,
} from "mediabunny";
import { animated, flac, gif, jpeg, mp3, mp4, picture, wav } from "./files.ts";
import { mutant, random } from "./mutants.ts";
import { amr, recorded, tone } from "./sounds.ts";

/** The full size is for `check --long`. */
const scale = Number(process.env["MEDIA_MUTANTS"] ?? 1);
const rounds = 36 * scale;
/** Kinds whose conversion starts a thread: each is tried in one round of so many. */
const threaded = { video: 7, gif: 31, video_note: 31, audio: 11, voice: 29 } as const;

test(
  "mutated files are looked into or refused, and nothing else happens",
  async () => {
    const next = random(11);
    const blink = [0, 1].map((colour) => ({ pixels: [colour, colour], delay: 10 }));
    const seeds = [
      await jpeg(),
      await picture(),
      gif(2, 1, [0xff0000, 0x0000ff], blink),
      await animated(64),
      mp4(),
      await recorded(new WebMOutputFormat()),
      wav(1),
      mp3(1),
      flac(1),
      await tone("m4a"),
      await tone("aac"),
      amr(),
    ];
    let refused = 0;
    const before = process.memoryUsage.rss();
    for (let round = 0; round < rounds; round++) {
      const bytes = new Blob([Uint8Array.from(mutant(Buffer.from(seeds[round % seeds.length] ?? []), next))]);
      const seen = await mediaTools.inspect(bytes);
      await mediaTools.thumbnail(bytes);
      const file = { bytes, mime: seen?.mime ?? "application/octet-stream", facts: seen?.facts ?? {} };
      for (const kind of mediaKinds) {
        if (kind in threaded && round % threaded[kind as keyof typeof threaded] > 0) continue;
        const made = await mediaTools.convert(kind, file).catch((error: unknown) => error);
        if (made instanceof Failure) refused++;
        else expect(made).toHaveProperty("bytes");
      }
    }
    expect(refused).toBeGreaterThan(rounds);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
  },
  60_000 * scale,
);

test(
  "mutated sounds of every family are decoded or refused, and nothing else happens",
  async () => {
    const each = 2 * scale;
    const child = Bun.spawn([process.execPath, "test/media-mutants.ts", String(each)], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const said = await new Response(child.stdout).text();
    expect(await child.exited, await new Response(child.stderr).text()).toBe(0);
    const { figures, rss } = JSON.parse(said) as { figures: Record<string, { made: number }>; rss: number };
    expect(Object.keys(figures)).toHaveLength(10);
    expect(Object.values(figures).reduce((sum, { made }) => sum + made, 0)).toBeGreaterThan(each);
    expect(rss).toBeLessThan(1_000 * 2 ** 20);
  },
  60_000 * scale,
);

/** Packets of 60 ms with nothing in them, two bytes each: a day of silence. */
async function silence(): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  const description = Uint8Array.from([...Buffer.from("OpusHead"), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const decoderConfig = { codec: "opus", numberOfChannels: 1, sampleRate: 48_000, description };
  for (let at = 0; at < 400_000; at++)
    await source.add(new EncodedPacket(Uint8Array.from([0x58]), "key", at * 0.06, 0.06), { decoderConfig });
  await output.finalize();
  return new Uint8Array(target.buffer ?? []);
}

test.each([
  ["Opus", "audio/ogg; codecs=opus", silence],
  ["AMR", "audio/amr", () => Buffer.concat([Buffer.from("#!AMR\n"), Buffer.alloc(4 * 2 ** 20, 0x7c)])],
] as const)(
  "a small %s file that holds hours of silence is given up after half an hour of it",
  async (_, mime, make) => {
    const file = new Blob([Uint8Array.from(await make())]);
    const before = process.memoryUsage.rss();
    const tracks = mime === "audio/amr" ? null : await containerOf(file);
    expect(await decodeSound({ file, mime, tracks }, 1_800).catch(String)).toContain("too much");
    expect(process.memoryUsage.rss() - before).toBeLessThan(500 * 2 ** 20);
  },
);

test("a small file that says it is a picture of two billion pixels is not unpacked", async () => {
  const bomb = png(50_000, 50_000);
  expect(bomb.size).toBeLessThan(5_000);
  const started = performance.now();
  expect((await mediaTools.inspect(bomb))?.facts.width).toBeUndefined();
  expect(await mediaTools.thumbnail(bomb)).toBeNull();
  const refused = await mediaTools.portrait(bomb).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "invalid" });
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("boxes that hold themselves, or nothing, or more than there is, end", async () => {
  const head = Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isommp42", "latin1");
  for (const tail of [
    "\0\0\0\0moov",
    "\0\0\0\x08moov",
    "\xff\xff\xff\xffmoov",
    "\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff",
  ]) {
    const seen = await mediaTools.inspect(
      new Blob([Uint8Array.from(Buffer.concat([head, Buffer.from(tail, "latin1")]))]),
    );
    expect(seen).toEqual({ mime: "video/mp4", facts: {} });
  }
});

/** The header of a picture of this size, with next to nothing in it. */
function png(width: number, height: number): Blob {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.writeUInt8(8, 8);
  const chunks = [chunk("IHDR", size), chunk("IDAT", deflateSync(Buffer.alloc(1_000))), chunk("IEND", Buffer.alloc(0))];
  return new Blob([Uint8Array.from(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]))]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(Bun.hash.crc32(body));
  return Buffer.concat([length, body, crc]);
}
