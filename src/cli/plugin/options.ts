import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { Failure } from "../../core/base/failure.ts";

/** A verb's options and names; throws `invalid` in the parser's words. */
export function options<const O extends ParseArgsOptionsConfig>(args: readonly string[], known: O) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (thrown) {
    throw new Failure("invalid", thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}
