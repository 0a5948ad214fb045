/** Whether `name` is our `variable` mistyped. Short names of ours are left alone: others have them too. */
export function nearlySame(name: string, variable: string): boolean {
  if (variable.length < 7) return false;
  if (squeeze(name) === squeeze(variable)) return true;
  const edits = distance(name, variable);
  // A replaced letter makes another word of a short name (APP_KEY); a missing or doubled one does not.
  if (variable.length < 9) return edits === 1 && name.length !== variable.length;
  return edits <= (variable.length < 11 ? 1 : 2);
}

const squeeze = (text: string) => text.replaceAll("_", "").toUpperCase();

/** How many letters must be put in, left out or replaced (Levenshtein). */
function distance(a: string, b: string): number {
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
