import { expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { mediaKinds } from "../src/core/content.ts";
import { Failure } from "../src/core/failure.ts";
import { mediaTools } from "../src/media/tools.ts";
import { jpeg, mp4, picture, wav } from "./files.ts";

const rounds = 400;

/** Mulberry32: the same mutations in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutated(bytes: Buffer, next: () => number): Blob {
  const copy = Buffer.from(bytes);
  for (let left = 1 + Math.floor(next() * 12); left > 0; left--)
    copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
  return new Blob([Uint8Array.from(next() < 0.3 ? copy.subarray(0, Math.floor(next() * copy.length)) : copy)]);
}

test("mutated files are looked into or refused, and nothing else happens", async () => {
  const next = random(11);
  const seeds = [await jpeg(), await picture(), mp4(), wav(1)];
  let refused = 0;
  const before = process.memoryUsage.rss();
  for (let round = 0; round < rounds; round++) {
    const bytes = mutated(seeds[round % seeds.length] ?? Buffer.alloc(1), next);
    const seen = await mediaTools.inspect(bytes);
    await mediaTools.thumbnail(bytes);
    const file = { bytes, mime: seen?.mime ?? "application/octet-stream", facts: seen?.facts ?? {} };
    for (const kind of mediaKinds) {
      // Each voice starts a worker: a tenth of them is enough here.
      if (kind === "voice" && round % 10 > 0) continue;
      const made = await mediaTools.convert(kind, file).catch((error: unknown) => error);
      if (made instanceof Failure) refused++;
      else expect(made).toHaveProperty("bytes");
    }
  }
  expect(refused).toBeGreaterThan(rounds);
  expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
}, 60_000);

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
