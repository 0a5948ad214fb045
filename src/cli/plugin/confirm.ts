import { createInterface } from "node:readline/promises";
import { Failure } from "../../core/base/failure.ts";
import { print } from "../base/command.ts";

/** Says what will be and asks; `yes` is the answer already. Throws `conflict` when it is no, or nobody can be asked. */
export async function confirm(what: string, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new Failure("conflict", `${what} Add --yes if that is right.`);
  print(what);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl+C and the end of the input are answers too.
  const answer = await lines.question(`${question} [y/N] `).catch(() => (print(""), ""));
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure("conflict", "Nothing was changed.");
}
