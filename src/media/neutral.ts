/** The side of the picture, in pixels; clients draw it under a play button. */
const side = 72;
const grey = 0x4a;

let made: Promise<Uint8Array> | undefined;

/** What stands for a film that shows no picture before it plays: without it, clients draw an empty bubble. */
export function neutralPicture(): Promise<Uint8Array> {
  made ??= drawn();
  return made;
}

/** A bitmap of one colour, the simplest file that holds pixels. */
function drawn(): Promise<Uint8Array> {
  const head = Buffer.alloc(54);
  const pixels = Buffer.alloc(side * side * 3, grey);
  head.write("BM", "latin1");
  head.writeUInt32LE(head.length + pixels.length, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(side, 18);
  head.writeInt32LE(side, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  return new Bun.Image(Buffer.concat([head, pixels])).jpeg({ quality: 50 }).bytes();
}
