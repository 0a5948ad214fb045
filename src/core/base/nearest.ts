/** How many letters must be put in, left out or replaced (Levenshtein). */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of a.split("").entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The word that was meant, when one is near: at most two letters away, and half of a short word. Any case. */
export function nearest(word: string, words: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const [best] = words
    .map((each) => ({ each, away: distance(lower, each.toLowerCase()) }))
    .filter(({ each, away }) => away <= 2 && away <= Math.min(word.length, each.length) / 2)
    .sort((a, b) => a.away - b.away);
  return best?.each ?? null;
}
