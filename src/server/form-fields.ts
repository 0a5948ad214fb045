import type { FormFields } from "../api/form.ts";
import { paced } from "../core/base/breathe.ts";
import { Failure } from "../core/base/failure.ts";
import { inUtf8 } from "./charset.ts";
import { manyFields, mostFields } from "./form-budget.ts";
import { type FormPart, partsOfForm } from "./multipart.ts";
import type { Spool } from "./spool.ts";

/** All that is text of a form, bytes. */
export const mostText = 2 ** 20;

/**
 * The fields of a form, its files on disk until the clean-ups are called, which the spool hands over before they are
 * written. Throws `invalid`, `too_large`, and `unavailable` when the disk is full.
 */
export async function formFields(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  spool: Spool,
  cleanUp: (remove: () => void) => void,
): Promise<FormFields> {
  const fields = new Map<string, (string | Blob)[]>();
  let [count, room] = [0, mostText];
  for await (const part of partsOfForm(body, boundary)) {
    if (++count > mostFields) throw manyFields();
    const value = part.file === null ? await textOf(part, room) : await fileOf(part, part.file, spool, cleanUp);
    // What a page sends for an input in which no file was chosen.
    if (part.file === "" && typeof value !== "string" && value.size === 0) continue;
    if (typeof value === "string") room -= value.length;
    fields.set(part.name, [...(fields.get(part.name) ?? []), value]);
  }
  return fields;
}

async function fileOf(
  { bytes, type }: FormPart,
  name: string,
  spool: Spool,
  cleanUp: (remove: () => void) => void,
): Promise<Blob> {
  const file = spool.open(cleanUp);
  try {
    for await (const piece of paced(bytes)) await file.write(piece);
  } finally {
    await file.end();
  }
  return Object.assign(file.blob(type), { name });
}

/** A field's text, converted when the field itself names another character set: Java's HTTP client writes Latin-1. */
async function textOf({ name, type, bytes }: FormPart, room: number): Promise<string> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > room)
      throw new Failure("too_large", `The form's text is longer than ${mostText} bytes.`, { field: name });
    all.push(piece);
  }
  try {
    return Buffer.from(inUtf8(Uint8Array.from(Buffer.concat(all)), type)).toString();
  } catch (cause) {
    throw new Failure("invalid", `"${name}" is not valid UTF-8: send the form's fields as UTF-8.`, {
      field: name,
      cause,
    });
  }
}
