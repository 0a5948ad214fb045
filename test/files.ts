import { GifWriter } from "omggif";
import { moving } from "../src/media/webp.ts";
import { BufferTarget, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output } from "mediabunny";
import QRCode from "qrcode";

/** Small files of every family, made here, so that nothing has to be downloaded or licensed. */
export const picture = (): Promise<Buffer> => QRCode.toBuffer("merpati", { scale: 6 });

export async function jpeg(): Promise<Buffer> {
  return Buffer.from(await new Bun.Image(await picture()).jpeg().bytes());
}

/** A tone of 440 Hz: 16 bit, mono. */
export function wav(seconds = 2, rate = 16_000): Buffer {
  const samples = Buffer.alloc(seconds * rate * 2);
  for (let at = 0; at < seconds * rate; at++) {
    samples.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * 440 * at) / rate)), at * 2);
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Parameter sets of H.264 as FFmpeg writes them for 640 by 360 (ISO 14496-15, 5.2.4). */
const h264 = Buffer.from(
  "0164001effe1001b6764001eacd940a02ff9610000030001000003003c8f162d9601000568ebecb22cfdf8f800",
  "hex",
);

/** A film that says it lasts so long at 640 by 360, with packets that show nothing. */
async function film(seconds: number): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(source);
  await output.start();
  const decoderConfig = {
    codec: "avc1.64001e",
    codedWidth: 640,
    codedHeight: 360,
    description: Uint8Array.from(h264),
  };
  for (let at = 0; at < seconds; at++)
    await source.add(new EncodedPacket(new Uint8Array(64).fill(7), "key", at, 1), { decoderConfig });
  await output.finalize();
  return Buffer.from(new Uint8Array(target.buffer ?? []));
}

const films = new Map(await Promise.all([7, 60, 61].map(async (seconds) => [seconds, await film(seconds)] as const)));

/** A film of 640 by 360 that lasts 7, 60 or 61 seconds. */
export const mp4 = (seconds: 7 | 60 | 61 = 7): Buffer => Buffer.from(films.get(seconds) ?? []);

/** MPEG frames of 26 ms of silence each: 128 kbit/s, 44.1 kHz. */
export function mp3(seconds = 2): Buffer {
  const frame = Buffer.alloc(417);
  frame.writeUInt32BE(0xff_fb_90_64);
  return Buffer.concat(Array.from({ length: Math.ceil((seconds * 44_100) / 1_152) }, () => frame));
}

/** FLAC frames of 4,096 samples of one value each: 44.1 kHz, 16 bit, mono. */
export function flac(seconds = 2): Buffer {
  const [rate, block] = [44_100, 4_096];
  const count = Math.ceil((seconds * rate) / block);
  const info = Buffer.alloc(38);
  info.writeUInt32BE(0x80_00_00_22); // the last block of metadata, 34 bytes long
  info.writeUInt16BE(block, 4);
  info.writeUInt16BE(block, 6);
  info.writeUInt32BE(rate * 2 ** 12 + 15 * 2 ** 4, 14);
  info.writeUInt32BE(count * block, 18);
  const frames = Array.from({ length: count }, (_, number) => {
    const head = Buffer.from([0xff, 0xf8, 0xc9, 0x08, number]);
    const frame = Buffer.from([...head, checksum(head, 8, 0x07), 0, 0x10, 0x00]);
    const check = checksum(frame, 16, 0x8005);
    return Buffer.concat([frame, Buffer.from([check >> 8, check & 0xff])]);
  });
  return Buffer.concat([Buffer.from("fLaC"), info, ...frames]);
}

function checksum(bytes: Uint8Array, bits: 8 | 16, polynomial: number): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum & (1 << (bits - 1)) ? polynomial : 0);
    sum &= 2 ** bits - 1;
  }
  return sum;
}

/** A WebP of one frame that says it moves, as wide as high. */
export async function animated(side = 512): Promise<Buffer> {
  const still = new Bun.Image(await picture()).resize(side, side, { fit: "fill" }).webp();
  return moving(side, [{ webp: await still.bytes(), width: side, height: side, ms: 100 }]);
}

export interface GifFrame {
  /** Numbers of colours, of the whole canvas or of the part at `at`. */
  pixels: readonly number[];
  at?: readonly [x: number, y: number, width: number, height: number];
  /** In hundredths of a second. */
  delay: number;
  disposal?: number;
  /** The number of the colour that is none. */
  clear?: number;
}

export function gif(width: number, height: number, palette: readonly number[], frames: readonly GifFrame[]): Buffer {
  const room = Buffer.alloc(2_000 + frames.reduce((sum, { pixels }) => sum + pixels.length * 2 + 100, 0));
  const writer = new GifWriter(room, width, height, { loop: 0, palette: [...palette] });
  for (const { pixels, at = [0, 0, width, height], delay, disposal = 1, clear } of frames) {
    const options = { delay, disposal, ...(clear === undefined ? {} : { transparent: clear }) };
    writer.addFrame(...(at as [number, number, number, number]), [...pixels], options);
  }
  return room.subarray(0, writer.end());
}
