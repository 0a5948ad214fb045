import type { TSchema } from "@sinclair/typebox";
import { Failure } from "../core/base/failure.ts";

/**
 * A form's fields as a JSON body would have them: in a form everything but a file is text. What does not fit stays as it
 * is, for the check that names it.
 */
export function readForm(body: Record<string, unknown>, schemas: Record<string, TSchema>): void {
  for (const [name, value] of Object.entries(body)) {
    const schema = schemas[name];
    if (typeof value !== "string" || !schema) continue;
    if (schema["type"] === "integer" && /^\d{1,15}$/.test(value)) body[name] = Number(value);
    if (schema["type"] === "boolean" && (value === "true" || value === "false")) body[name] = value === "true";
    if (schema["type"] === "array") body[name] = value.split(",").map((each) => each.trim());
  }
}

/**
 * For a route's `parse`: a form's fields as they are. Elysia would parse what looks like JSON in one, however much it is.
 */
export async function parseForm({ request }: { request: Request }): Promise<Record<string, unknown> | undefined> {
  if (!isForm(request)) return undefined;
  const form = await request.formData();
  const fields: Record<string, unknown> = {};
  for (const name of new Set(form.keys())) {
    const all = form.getAll(name);
    fields[name] = all.length === 1 ? all[0] : all;
    if (all.some((value) => typeof value === "string" && value.includes(replacement)))
      throw new Failure("invalid", `"${name}" is not valid UTF-8: send the form's fields as UTF-8.`, { field: name });
  }
  return fields;
}

/** What stands in a decoded text for bytes that were no UTF-8. */
const replacement = "\uFFFD";

export const isForm = (request: Request): boolean =>
  request.headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
