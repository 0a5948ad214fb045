import { typeOfFile } from "../model/content/files.ts";

/** The type of a file of which nothing is known. */
export const unknownType = "application/octet-stream";

/** What programs write when they do not know; curl says the second of every body. */
const saysNothing: ReadonlySet<string> = new Set([
  unknownType,
  "application/x-www-form-urlencoded",
  "binary/octet-stream",
  "application/force-download",
  "application/download",
]);

/** What is said of a file, and what it shows. */
export interface TypeHints {
  /** The caller's word. */
  mime?: string | undefined;
  /** A response header, a form part, a `data:` prefix. */
  header?: string | undefined;
  /** By the extension of its name. */
  byName: string | null;
  /** By its bytes. */
  byBytes: string | null;
}

/**
 * The type of a file that is sent as a document: what the caller says, then what stands on the way, then the extension
 * of its name, then its bytes. Office files are archives and tables can begin like pictures, so the bytes come last.
 */
export function typeOf({ mime, header, byName, byBytes }: TypeHints): string {
  // Of a text it says what is in the file, which nobody asks of a type.
  const told = valid(header?.replace(/\s*;\s*charset\s*=[^;]*/i, ""));
  const isTold = told !== undefined && !saysNothing.has((told.split(";")[0] ?? "").trim().toLowerCase());
  return valid(mime) ?? (isTold ? told : undefined) ?? byName ?? byBytes ?? unknownType;
}

const typed = new RegExp(typeOfFile);

const valid = (given: string | undefined): string | undefined =>
  given !== undefined && given.length <= 255 && typed.test(given) ? given : undefined;
