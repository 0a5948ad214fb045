/**
 * Takes out of a picture what tells where and with what it was taken: place, serial numbers, names. The pixels stay as
 * they are, and so does the way it is turned.
 */
export function withoutMetadata(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (bytes.readUInt16BE(0) === 0xff_d8) return cleanJpeg(bytes);
  if (bytes.toString("latin1", 1, 4) === "PNG") return cleanPng(bytes);
  return file;
}

/** Whether the file runs to its end: one that was cut off shows grey below the cut. */
export function isWhole(file: Uint8Array): boolean {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (bytes.readUInt16BE(0) === 0xff_d8) return bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) > scanStart(bytes);
  if (bytes.toString("latin1", 1, 4) === "PNG") return bytes.includes("IEND", Math.max(0, bytes.length - 64 * 1024));
  return true;
}

const startOfScan = 0xda;
const [app1, app13, comment] = [0xe1, 0xed, 0xfe];

interface Segment {
  marker: number;
  start: number;
  end: number;
}

/** The segments of a JPEG up to its first scan (ITU-T T.81, B.1). */
function* segmentsOf(jpeg: Buffer): Generator<Segment> {
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff;) {
    const marker = jpeg[at + 1] ?? 0;
    // A marker may have any number of bytes 0xff before it.
    if (marker === 0xff) at += 1;
    else {
      const end = at + 2 + jpeg.readUInt16BE(at + 2);
      yield { marker, start: at, end };
      if (marker === startOfScan) return;
      at = end;
    }
  }
}

function scanStart(jpeg: Buffer): number {
  for (const { marker, end } of segmentsOf(jpeg)) if (marker === startOfScan) return end;
  return jpeg.length;
}

function cleanJpeg(jpeg: Buffer): Buffer {
  const parts = [jpeg.subarray(0, 2)];
  let at = 2;
  for (const { marker, start, end } of segmentsOf(jpeg)) {
    const segment = jpeg.subarray(start, end);
    at = end;
    if (marker === app1) parts.push(turnOnly(segment));
    else if (marker !== app13 && marker !== comment) parts.push(segment);
  }
  return Buffer.concat([...parts, jpeg.subarray(at)]);
}

const exifHead = "Exif\0\0";
const orientationTag = 0x01_12;

/** EXIF that says how the picture is turned, and nothing else; nothing when it does not say so. */
function turnOnly(segment: Buffer): Buffer {
  const turn = segment.toString("latin1", 4, 10) === exifHead ? orientationOf(segment.subarray(10)) : 1;
  if (turn === 1) return Buffer.alloc(0);
  const tiff = Buffer.from("MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0", "latin1");
  tiff.writeUInt16BE(turn, 18);
  const body = Buffer.concat([Buffer.from(exifHead, "latin1"), tiff]);
  const head = Buffer.from([0xff, app1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** 1 to 8, as EXIF 2.3 has it; 1 where nothing is said. */
function orientationOf(tiff: Buffer): number {
  const isLittle = tiff.toString("latin1", 0, 2) === "II";
  const short = (at: number) => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  if (tiff.length < 10) return 1;
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) return 1;
    if (short(at) !== orientationTag) continue;
    const turn = short(at + 8);
    return turn >= 1 && turn <= 8 ? turn : 1;
  }
  return 1;
}

const privateChunks: ReadonlySet<string> = new Set(["eXIf", "tEXt", "zTXt", "iTXt", "tIME"]);

/** https://www.w3.org/TR/png-3/#11Chunks */
function cleanPng(png: Buffer): Buffer {
  const parts = [png.subarray(0, 8)];
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 12 + png.readUInt32BE(at);
    if (!privateChunks.has(png.toString("latin1", at + 4, at + 8))) parts.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}
