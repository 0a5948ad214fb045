import { nearest } from "../../core/base/nearest.ts";

/** `there is no event "recieved"; did you mean "received"?`, or with all there are when none is near and they are few. */
export function noSuch(what: string, given: string, known: readonly string[], most = 16): string {
  const near = nearest(given, known);
  if (near !== null) return `there is no ${what} "${given}"; did you mean "${near}"?`;
  const all = known.length > 0 && known.length <= most ? `; there are: ${known.join(", ")}` : "";
  return `there is no ${what} "${given}"${all}`;
}
