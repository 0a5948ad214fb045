/** Who waits for a turn, in the order in which they came. */
const waiting: (() => void)[] = [];
let isPlanned = false;

/**
 * A turn of the event loop, so that long work lets others do theirs. One of all who wait goes on in each turn: however many
 * they are, what comes in waits for one slice of their work and not for one of each.
 */
export const breathe = (): Promise<void> =>
  new Promise((resume) => {
    waiting.push(resume);
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(next);
  });

function next(): void {
  waiting.shift()?.();
  isPlanned = waiting.length > 0;
  if (isPlanned) setImmediate(next);
}

/** Bytes that are worked on in one turn: a millisecond, to hash and encrypt them. */
const pace = 2 ** 17;

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
