import type { Problem } from "./protocol.ts";

const lineNumber = /:(\d+)/g;
const isSource = (file: string) => /\.[cm]?[jt]sx?$/.test(file.slice(-5));
const isInPath = (char: string) => char !== "" && !/[\s():]/.test(char);

/** The first `file:line` below `root` that a stack or message names. Looks at each character once or twice. */
export function place(text: string, root: string): { file: string | null; line: number | null } {
  for (const match of text.matchAll(lineNumber)) {
    let start = match.index;
    while (isInPath(text.charAt(start - 1))) start--;
    // A drive: `C:/plugins/a.ts:1`.
    if (/^[A-Za-z]:$/.test(text.slice(Math.max(0, start - 2), start))) start -= 2;
    const file = text.slice(start, match.index);
    if (isSource(file) && file.startsWith(root)) return { file, line: Number(match[1]) };
  }
  return { file: null, line: null };
}

/** Any thrown value as a problem that says where. Never throws, whatever it is given. */
export function problemOf(thrown: unknown, root: string): Problem {
  try {
    return read(thrown, root);
  } catch {
    return { message: "threw something that cannot be looked at", file: null, line: null };
  }
}

function read(thrown: unknown, root: string): Problem {
  const first = thrown instanceof AggregateError && thrown.errors.length > 0 ? (thrown.errors[0] as unknown) : thrown;
  const position = (first as { position?: { file?: string; line?: number } | null } | null)?.position;
  if (position?.file) return { message: messageOf(first), file: position.file, line: position.line ?? null };
  const stack = first instanceof Error ? (first.stack ?? "") : "";
  const cause = first instanceof Error && first.cause instanceof Error ? (first.cause.stack ?? "") : "";
  const problem: Problem = { message: messageOf(first), ...place(`${stack}\n${cause}`, root) };
  return first instanceof Error && first.name === "Refusal" ? { ...problem, refusal: first.message } : problem;
}

/** Errors whose name says nothing that their message does not. */
const wordless = ["Error", "BuildMessage", "ResolveMessage", "Refusal"];

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error))
    return `threw ${typeof thrown === "string" ? thrown : Bun.inspect(thrown)}`.slice(0, 500);
  const name = wordless.includes(thrown.name) ? "" : `${thrown.name}: `;
  return `${name}${thrown.message}`.slice(0, 500);
}
