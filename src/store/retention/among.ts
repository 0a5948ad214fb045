/** `AND column IN (?, ?)`, or nothing where there is no list. */
export function among(column: string, list: readonly string[] | null): string {
  return list === null ? "" : `AND ${column} IN (${list.map(() => "?").join(", ")})`;
}
