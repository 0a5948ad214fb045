import { t } from "elysia";
import { Failure } from "../core/base/failure.ts";

/**
 * A whole number in a query, left out or within its bounds. Elysia's own complaint about one names no field;
 * this one does.
 */
export function wholeNumber(name: string, least: number, most: number, description = range(least, most)) {
  return t.Optional(
    t
      .Transform(t.String({ description, openapi: { type: "integer", minimum: least, maximum: most } }))
      .Decode((text) => {
        const number = Number(text);
        if (/^\d+$/.test(text) && number >= least && number <= most) return number;
        throw new Failure("invalid", `"${name}" takes ${range(least, most)}.`, { field: name });
      })
      .Encode(String),
  );
}

const range = (least: number, most: number) =>
  most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`;

/** Leads to the next page. */
export const cursor = t.Optional(t.String({ description: "what an earlier answer gave as `cursor`" }));
export const cursorOf = (place: number | null): string | null => (place === null ? null : String(place));

/** The place that an earlier answer gave; null is from the start. Throws `invalid`. */
export function cursorIn(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw new Failure("invalid", '"cursor" takes what an earlier answer gave as `cursor`.', { field: "cursor" });
}

/** How many entries a page has at most. */
export const limit = wholeNumber("limit", 1, 500);
