import { t } from "elysia";
import { Failure } from "../core/failure.ts";

const most = 500;
const takes = `a number from 1 to ${most}`;

/** The query parameter `limit`. Checked by hand: Elysia's complaint about a number in a query names no field. */
export const limitQuery = t.Optional(t.String({ description: `${takes}; 100 when left out` }));

/** Throws `invalid`. */
export function limitOf(text: string | undefined): number {
  const limit = Number(text ?? 100);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new Failure("invalid", `"limit" takes ${takes}.`, { field: "limit" });
}
