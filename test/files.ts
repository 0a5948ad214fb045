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

/** The boxes of an MP4 that says it lasts 7 seconds at 640 by 360, and shows nothing. */
export function mp4(): Buffer {
  const mvhd = Buffer.alloc(100);
  mvhd.writeUInt32BE(1_000, 12);
  mvhd.writeUInt32BE(7_000, 16);
  const tkhd = Buffer.alloc(84);
  tkhd.writeUInt16BE(640, 76);
  tkhd.writeUInt16BE(360, 80);
  return Buffer.concat([
    box("ftyp", Buffer.from("isom\0\0\x02\0isommp42")),
    box("mdat", Buffer.alloc(64, 7)),
    box("moov", box("mvhd", mvhd), box("trak", box("tkhd", tkhd))),
  ]);
}

function box(name: string, ...contents: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  const body = Buffer.concat(contents);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(name, 4, "latin1");
  return Buffer.concat([head, body]);
}
