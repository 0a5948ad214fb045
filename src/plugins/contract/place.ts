import type { Problem } from "./protocol.ts";

const frame = /((?:[A-Za-z]:)?[^\s():]+\.[cm]?[jt]sx?):(\d+)(?::\d+)?/g;

/** The first `file:line` below `root` that a stack or message names. */
export function place(text: string, root: string): { file: string | null; line: number | null } {
  for (const [, file = "", line] of text.matchAll(frame)) {
    if (file.startsWith(root)) return { file, line: Number(line) };
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
