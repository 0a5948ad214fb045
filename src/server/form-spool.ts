import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FormFields } from "../api/form.ts";
import { paced } from "../core/base/breathe.ts";
import { Failure } from "../core/base/failure.ts";
import { inUtf8 } from "./charset.ts";
import { manyFields, mostFields } from "./form-budget.ts";
import { type FormPart, partsOfForm } from "./multipart.ts";

/** All that is text of a form, bytes. */
export const mostText = 2 ** 20;

/** Where the files of forms stand until their call is answered: so that uploads take disk, and not memory. */
export class FormSpool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    // What a crash left.
    rmSync(folder, { recursive: true, force: true });
  }

  /**
   * The fields of a form, its files on disk until the clean-ups are called, which hears of them before they are written.
   * Throws `invalid`, `too_large`, and `unavailable` when the disk is full.
   */
  async read(
    body: AsyncIterable<Uint8Array>,
    boundary: string,
    cleanUp: (remove: () => void) => void,
  ): Promise<FormFields> {
    const fields = new Map<string, (string | Blob)[]>();
    let [count, room] = [0, mostText];
    for await (const part of partsOfForm(body, boundary)) {
      if (++count > mostFields) throw manyFields();
      const value = part.file === null ? await textOf(part, room) : await this.#fileOf(part, part.file, cleanUp);
      if (typeof value === "string") room -= value.length;
      fields.set(part.name, [...(fields.get(part.name) ?? []), value]);
    }
    return fields;
  }

  async #fileOf({ bytes, type }: FormPart, name: string, cleanUp: (remove: () => void) => void): Promise<Blob> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, Bun.randomUUIDv7());
    cleanUp(() => rmSync(path, { force: true }));
    const writer = Bun.file(path).writer({ highWaterMark: 2 ** 20 });
    try {
      for await (const piece of paced(bytes)) {
        await writer.write(piece);
        await writer.flush();
      }
    } catch (error) {
      throw isFull(error) ? full(error) : error;
    } finally {
      await writer.end();
    }
    return Object.assign(Bun.file(path, { type }), { name });
  }
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

const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
const full = (cause: unknown) =>
  new Failure("unavailable", "The disk does not take the file; free some space and try again.", { cause });
