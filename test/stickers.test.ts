import { decode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { gif, type GifFrame } from "./files.ts";
import { startBot, type TestBot } from "./harness.ts";

let bot: TestBot;
beforeAll(async () => {
  bot = await startBot();
  await bot.link();
});
afterAll(() => bot[Symbol.asyncDispose]());

const palette = [0xff0000, 0x0000ff, 0x00ff00, 0x000000];
const [red, blue, green, black] = [0, 1, 2, 3];
const filled = (colour: number, count: number): number[] => Array.from({ length: count }, () => colour);
const blinking = (count: number, delay: number): GifFrame[] =>
  Array.from({ length: count }, (_, at) => ({ pixels: filled(at % 2, 8), delay }));
/** Noise, the same every time: nothing is worse to compress. */
function noise(side: number, count: number): GifFrame[] {
  let seed = 1;
  const next = () => (seed = (seed * 48_271) % 2_147_483_647) & 3;
  return Array.from({ length: count }, () => ({ pixels: Array.from({ length: side * side }, next), delay: 5 }));
}

async function sticker(bytes: Buffer) {
  const { waId, content } = await bot.device.outbox.send({
    to: bot.contact().number,
    content: { kind: "sticker", base64: bytes.toString("base64") },
  });
  const heard = await bot.contact().hears(({ id }) => id === waId);
  return { content, told: heard.message.stickerMessage, webp: bot.contact().opens(heard) };
}

interface Frame {
  place: number[];
  ms: number;
  flags: number;
  /** The mean of its pixels: red, green, blue, alpha. */
  mean: number[];
}

/** Reads a WebP that moves by the format's description, and lets another decoder see each frame. */
async function framesOf(webp: Buffer): Promise<Frame[]> {
  expect([webp.toString("latin1", 0, 4), webp.readUInt32LE(4)]).toEqual(["RIFF", webp.length - 8]);
  const frames: Frame[] = [];
  for (let at = 12; at < webp.length;) {
    const length = webp.readUInt32LE(at + 4);
    const body = webp.subarray(at + 8, at + 8 + length);
    if (webp.toString("latin1", at, at + 4) === "ANMF") {
      const [x = 0, y = 0, width = 0, height = 0, ms = 0] = [0, 3, 6, 9, 12].map((from) => body.readUIntLE(from, 3));
      const place = [x * 2, y * 2, width + 1, height + 1];
      frames.push({ place, ms, flags: body[15] ?? 0, mean: await meanOf(body) });
    }
    at += 8 + length + (length % 2);
  }
  return frames;
}

async function meanOf(frame: Buffer): Promise<number[]> {
  const [size, pixels] = [frame.subarray(6, 12), frame.subarray(16)];
  const canvas = Buffer.concat([Buffer.from("VP8X\x0a\0\0\0\x10\0\0\0", "latin1"), size]);
  const still = Buffer.concat([Buffer.from("RIFF\0\0\0\0WEBP", "latin1"), canvas, pixels]);
  still.writeUInt32LE(still.length - 8, 4);
  const png = Buffer.from(await new Bun.Image(still).resize(1, 1, { filter: "box" }).png().bytes());
  const [data, hasAlpha] = [png.indexOf("IDAT"), png[25] === 6];
  const [, ...pixel] = Bun.inflateSync(png.subarray(data + 6, data + 4 + png.readUInt32BE(data - 4) - 4));
  return hasAlpha ? pixel : [...pixel, 255];
}

const near = (mean: number[], colour: number[]): boolean =>
  mean.every((value, at) => Math.abs(value - colour[at]!) < 16);

test("a GIF becomes a sticker that moves: each picture drawn over the one before as it says, in the middle", async () => {
  const bytes = gif(4, 2, palette, [
    { pixels: filled(red, 8), delay: 10 },
    // Drawn over the left half, and taken back.
    { pixels: filled(blue, 4), at: [0, 0, 2, 2], delay: 20, disposal: 3 },
    // Drawn over the right half, which is empty after it; shown for no time, which is a tenth of a second.
    { pixels: filled(green, 4), at: [2, 0, 2, 2], delay: 0, disposal: 2 },
    { pixels: filled(black, 8), delay: 5, clear: black },
  ]);
  const { content, told, webp } = await sticker(bytes);
  expect(content).toMatchObject({ kind: "sticker", mime: "image/webp", width: 512, height: 512, animated: true });
  expect(told).toMatchObject({ isAnimated: true, width: 512, height: 512, mimetype: "image/webp" });
  const frames = await framesOf(webp);
  expect(frames.map(({ ms }) => ms)).toEqual([100, 200, 100, 50]);
  for (const { place, flags } of frames) expect([place, flags]).toEqual([[0, 128, 512, 256], 2]);
  const colours = [
    [255, 0, 0, 255],
    [128, 0, 128, 255],
    [128, 128, 0, 255],
    [255, 0, 0, 128],
  ];
  for (const [at, { mean }] of frames.entries()) expect([at, mean, near(mean, colours[at]!)]).toEqual([at, mean, true]);
});

test("pictures that nobody could tell apart are one, as long as they were together", async () => {
  const { webp } = await sticker(gif(4, 2, palette, blinking(10, 2)));
  expect((await framesOf(webp)).map(({ ms }) => ms)).toEqual([60, 60, 60, 20]);
});

test("what would be too large is drawn more coarsely", async () => {
  const { webp } = await sticker(gif(128, 128, palette, noise(128, 20)));
  expect(webp.length).toBeLessThanOrEqual(1_000_000);
  const frames = await framesOf(webp);
  expect(frames.length).toBeLessThan(20);
  expect(frames.reduce((sum, { ms }) => sum + ms, 0)).toBe(1_000);
});

test("a GIF of one picture stands still", async () => {
  const { content, webp } = await sticker(gif(4, 2, palette, [{ pixels: filled(red, 8), delay: 10 }]));
  expect(content).toMatchObject({ animated: false, width: 512, height: 512 });
  expect(await new Bun.Image(webp).metadata()).toMatchObject({ format: "webp", width: 512, height: 512 });
  // In the middle of nothing.
  const { data } = decode(await new Bun.Image(webp).png().bytes());
  const alphaAt = (x: number, y: number) => data[4 * (y * 512 + x) + 3];
  expect([alphaAt(256, 256), alphaAt(256, 10), alphaAt(256, 502)]).toEqual([255, 0, 0]);
});

test.each([
  ["moves for long", () => gif(4, 2, palette, blinking(3, 400)), "up to 10 seconds"],
  ["has too much in it", () => gif(256, 256, palette, noise(256, 40)), "more movement than a sticker of 1 MB"],
  ["is cut off", () => gif(64, 64, palette, noise(64, 3)).subarray(0, 2_000), "damaged or too large"],
  [
    "has too many pixels",
    () => gif(3_000, 3_000, palette, [{ pixels: filled(red, 8), at: [0, 0, 4, 2], delay: 10 }]),
    "damaged or too large",
  ],
])("a GIF that %s is refused", async (_, make, sentence) => {
  const content = { kind: "sticker", base64: make().toString("base64") };
  const answer = await bot.call("POST", "/v1/devices/default/messages", { to: bot.contact().number, content });
  const { error, code } = (await answer.json()) as { error: string; code: string };
  expect([answer.status, code, error]).toEqual([400, "invalid", expect.stringContaining(sentence)]);
});
