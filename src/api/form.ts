import type { TSchema } from "@sinclair/typebox";

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

/** By name, what a form brought: texts, and files that are on the disk as long as the call lasts. */
export type FormFields = ReadonlyMap<string, readonly (string | Blob)[]>;

const forms = new WeakMap<Request, FormFields>();

/** Whoever read the body leaves here what it held. */
export const setForm = (request: Request, fields: FormFields): Request => {
  forms.set(request, fields);
  return request;
};

/** The fields of a form; null when the body is none. */
export const formOf = (request: Request): FormFields | null => forms.get(request) ?? null;

/**
 * For a face's `parse`: a form's fields as they are. Elysia would parse what looks like JSON in one, however much it is.
 */
export function parseForm({ request }: { request: Request }): Record<string, unknown> | undefined {
  const form = formOf(request);
  if (!form) return undefined;
  // As own fields, whatever they are called: one that is no field here is refused by its name, `__proto__` too.
  return Object.fromEntries([...form].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

/** For the `parse` of a route that reads its body by itself, as it comes. */
export const unparsed = (): object => ({});

/** What a form calls a file; empty for `blob`, which browsers write where a page gave no name. */
export const nameOf = (file: Blob): string =>
  "name" in file && typeof file.name === "string" && file.name !== "blob" ? file.name : "";

export const isForm = (request: Request): boolean =>
  request.headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
