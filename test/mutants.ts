/** Mulberry32: the same mutations in every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A dozen bytes changed, and every third time the end cut off. */
export function mutant(bytes: Buffer, next: () => number): Uint8Array {
  const copy = Buffer.from(bytes);
  for (let left = 1 + Math.floor(next() * 12); left > 0; left--)
    copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
  return Uint8Array.from(next() < 0.3 ? copy.subarray(0, Math.floor(next() * copy.length)) : copy);
}
