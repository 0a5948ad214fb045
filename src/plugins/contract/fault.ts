import { relative } from "node:path";
import type { Problem } from "./protocol.ts";
import type { FaultKind } from "./services.ts";

/** Something a plugin did wrong. Fatal ones end its worker. */
export class PluginFault extends Error {
  override readonly name = "PluginFault";
  constructor(
    readonly kind: FaultKind,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }
}

/** `plugins/weather.ts:12`, as seen from where the bot was started. */
export function shownPlace({ file, line }: Pick<Problem, "file" | "line">): string | null {
  if (file === null) return null;
  const near = relative(process.cwd(), file);
  const path = near.startsWith("..") ? file : near;
  return line === null ? path : `${path}:${line}`;
}
