import type { Facts } from "../core/ports/media.ts";

/** Boxes that hold boxes, on the way to what is looked for. */
const parents: ReadonlySet<string> = new Set(["moov", "trak", "mdia"]);
/** A film has a handful; a hostile one may have millions. */
const mostBoxes = 2_000;
const most = 10 * 2 ** 20;

/** Length and size of an MP4 film, read from its boxes; nothing of what is not as it should be. */
export async function filmFacts(bytes: Blob): Promise<Facts> {
  const moov = await movieBox(bytes);
  if (!moov) return {};
  const facts: Facts = {};
  let left = mostBoxes;
  const walk = (start: number, end: number): void => {
    for (let at = start; at + 8 <= end && left-- > 0;) {
      const size = moov.getUint32(at);
      if (size < 8 || at + size > end) return;
      const name = text(moov, at + 4);
      if (parents.has(name)) walk(at + 8, at + size);
      else if (name === "mvhd" && size >= 32) Object.assign(facts, lengthOf(moov, at + 8, size - 8));
      else if (name === "tkhd" && size >= 84) Object.assign(facts, sizeOf(moov, at + 8, size - 8));
      at += size;
    }
  };
  walk(0, moov.byteLength);
  return facts;
}

/** The contents of `moov`, wherever in the file it stands. */
async function movieBox(bytes: Blob): Promise<DataView | null> {
  for (let at = 0, boxes = 0; at + 8 <= bytes.size && boxes < mostBoxes; boxes++) {
    const head = new DataView(await bytes.slice(at, at + 16).arrayBuffer());
    if (head.byteLength < 8) return null;
    const short = head.getUint32(0);
    const size = short === 1 && head.byteLength === 16 ? Number(head.getBigUint64(8)) : short;
    if (size < 8) return null;
    if (text(head, 4) === "moov") {
      if (size > most) return null;
      return new DataView(await bytes.slice(at + 8, at + size).arrayBuffer());
    }
    at += size;
  }
  return null;
}

function lengthOf(box: DataView, at: number, size: number): Facts {
  const long = box.getUint8(at) === 1;
  if (long && size < 32) return {};
  const scale = box.getUint32(at + (long ? 20 : 12));
  const duration = long ? Number(box.getBigUint64(at + 24)) : box.getUint32(at + 16);
  const seconds = Math.round(duration / scale);
  return scale > 0 && seconds < 1e6 ? { seconds } : {};
}

/** The last eight bytes of a track's header, as 16.16 numbers; 0 of a track that shows nothing. */
function sizeOf(box: DataView, at: number, size: number): Facts {
  const width = box.getUint16(at + size - 8);
  const height = box.getUint16(at + size - 4);
  return width > 0 && height > 0 ? { width, height } : {};
}

const text = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
