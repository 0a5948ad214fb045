import { isUtf8 } from "node:buffer";
import { Failure } from "../core/base/failure.ts";

const named = /;\s*charset\s*=\s*"?([^\s;"]{1,40})/i;

const charsetIn = (contentType: string): string => named.exec(contentType)?.[1]?.toLowerCase() ?? "utf-8";

/** Whether a Content-Type says UTF-8, or nothing else. */
export const isNamedUtf8 = (contentType: string): boolean => ["utf-8", "utf8"].includes(charsetIn(contentType));

/**
 * The text of a body as UTF-8, converted when its Content-Type names another character set. Throws `invalid` for an
 * unknown one, and for bytes that are not what they are said to be: passed on, they would reach a person as garbage.
 */
export function inUtf8(bytes: Uint8Array<ArrayBuffer>, contentType: string): Uint8Array<ArrayBuffer> {
  if (!isNamedUtf8(contentType)) return converted(bytes, charsetIn(contentType));
  if (isUtf8(bytes)) return bytes;
  throw new Failure(
    "invalid",
    "The body is not valid UTF-8: send UTF-8, or name its character set, as in Content-Type: application/json; charset=iso-8859-1.",
    { field: "body" },
  );
}

/**
 * The same of a form in the words of an address, whose escapes stand for bytes (`%E1`). What reads it later knows UTF-8
 * only, and takes any other escape for text.
 */
export function fieldsInUtf8(form: Uint8Array<ArrayBuffer>, contentType: string): Uint8Array<ArrayBuffer> {
  const word = (text: string) =>
    encodeURIComponent(Buffer.from(inUtf8(unescaped(text.replaceAll("+", " ")), contentType)).toString());
  const fields = Buffer.from(form.buffer, form.byteOffset, form.byteLength).toString("latin1").split("&");
  return new TextEncoder().encode(fields.map((field) => field.split("=").map(word).join("=")).join("&"));
}

/** The bytes that a text in Latin-1 stands for; a `%` that begins no escape is one. */
const unescaped = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    Buffer.from(
      text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1",
    ),
  );

function converted(bytes: Uint8Array, charset: string): Uint8Array<ArrayBuffer> {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw new Failure("invalid", `The character set ${charset} in Content-Type is unknown here: send UTF-8.`, {
      field: "Content-Type",
    });
  }
  try {
    return new TextEncoder().encode(decoder.decode(bytes));
  } catch (cause) {
    throw new Failure("invalid", `The body is not valid ${charset}, as its Content-Type says.`, {
      field: "body",
      cause,
    });
  }
}

/** A media type with its case folded, and its parameters as they are: a boundary must not change. */
export const foldedType = (contentType: string): string =>
  contentType.replace(/^[^;]*/, (type) => type.trim().toLowerCase());
