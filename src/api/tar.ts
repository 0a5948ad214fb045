/** A file of an archive; its name is ASCII, of 99 characters at most. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: Blob;
}

const block = 512;

/** An archive as POSIX has it (ustar), made as it is read. */
export async function* tarOf(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array, void> {
  const now = Math.floor(Date.now() / 1000);
  for await (const { name, bytes } of entries) {
    yield headerOf(name, bytes.size, now);
    for await (const chunk of bytes.stream()) yield chunk;
    const rest = bytes.size % block;
    if (rest > 0) yield new Uint8Array(block - rest);
  }
  yield new Uint8Array(2 * block);
}

function headerOf(name: string, size: number, now: number): Uint8Array {
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0, 100, "latin1");
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(now, 12), 136);
  header.write(" ".repeat(8), 148); // stands for its own sum
  header.write("0", 156);
  header.write("ustar\x0000", 257, "latin1");
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return header;
}

/** What a generator makes, as a body that ends it when nobody reads any more. */
export function streamOf(chunks: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}
