/** One turn of the event loop, so that long work lets others do theirs. */
export const breathe = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** Bytes that are worked on in one turn. */
const pace = 2 ** 19;

/** The same bytes in small pieces, with a turn for others between them: what has come already would leave them none. */
export async function* paced(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += pace) {
      const part = piece.subarray(at, at + pace);
      size += part.length;
      yield part;
      if (size < pace) continue;
      size = 0;
      await breathe();
    }
}
