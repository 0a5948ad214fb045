const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

/** At most so many, each the mean of those that lie together, or what `of` makes of them. */
export function thinned(values: readonly number[], most: number, of = mean): number[] {
  const size = Math.max(1, Math.ceil(values.length / most));
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    of(values.slice(at * size, (at + 1) * size)),
  );
}
