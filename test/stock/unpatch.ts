/** A stretch of a file that a patch changed: where it now stands, as it is and as it was. */
interface Hunk {
  line: number;
  now: string[];
  before: string[];
}

/** The hunks of a unified diff by the file they change. */
export function hunksOf(patch: string): Map<string, Hunk[]> {
  const files = new Map<string, Hunk[]>();
  let hunks: Hunk[] = [];
  let hunk: Hunk | undefined;
  for (const line of patch.split("\n")) {
    const [, file] = /^\+\+\+ b\/(.*)$/.exec(line) ?? [];
    const [, start] = /^@@ -\S+ \+(\d+)/.exec(line) ?? [];
    if (file !== undefined) files.set(file, (hunks = []));
    else if (start !== undefined) hunks.push((hunk = { line: Number(start), now: [], before: [] }));
    else if (/^(diff|index|---) /.test(line)) hunk = undefined;
    else if (hunk) take(hunk, line);
  }
  return files;
}

function take({ now, before }: Hunk, line: string): void {
  const text = line.slice(1);
  if (line.startsWith("+") || line.startsWith(" ")) now.push(text);
  if (line.startsWith("-") || line.startsWith(" ")) before.push(text);
}

/** A file as it was before it was patched. Throws when it is not what the patch made of it. */
export function unpatched(text: string, hunks: readonly Hunk[]): string {
  const lines = text.split("\n");
  for (const { line, now, before } of hunks.toReversed()) {
    const found = lines.splice(line - 1, now.length, ...before);
    if (found.join("\n") !== now.join("\n")) throw new Error(`line ${line} is not as the patch left it`);
  }
  return lines.join("\n");
}
