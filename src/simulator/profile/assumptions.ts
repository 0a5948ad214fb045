import type { Assumptions } from "../base/options.ts";
import { NEWEST_ASSUMPTIONS } from "./newest.ts";
import { PROFILES } from "./profiles.ts";

/** How sure it is: seen by several who do not know each other; by one, or in WhatsApp's own code; told otherwise elsewhere. */
export type Standing = "sure" | "likely" | "disputed";

/** What the simulator takes for how WhatsApp is, and who says so. */
export interface Assumption {
  readonly says: string;
  /** The option that changes it, when there is one. */
  readonly option?: keyof Assumptions;
  /** A public address, or `case` and the id of a case in `test/reality/cases`. */
  readonly source: string;
  /** Of the source: `2026-08` or `2026-08-16`. */
  readonly date: string;
  readonly standing: Standing;
}

/** Every assumption as the README lists it: one row each, with the values of the two profiles. */
export function assumptionTable(assumptions: readonly Assumption[] = NEWEST_ASSUMPTIONS): string {
  const rows = assumptions.map(({ says, option, source, date, standing }) => {
    const value = (profile: keyof typeof PROFILES) => (option ? `\`${String(PROFILES[profile][option])}\`` : "");
    const name = option ? `\`${option}\`` : "";
    return `| ${[says, name, value("2026-03"), value("newest"), source, date, standing].join(" | ")} |`;
  });
  const head = "| assumption | option | `2026-03` | `newest` | source | date | standing |";
  return [head, `| ${"--- | ".repeat(7).trim()}`, ...rows].join("\n");
}
