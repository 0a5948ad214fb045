import { noSuch } from "../contract/meant.ts";
import { check } from "./settings.ts";
import type { FieldShape } from "../contract/words.ts";

const types = ["string", "integer", "number", "boolean", "choice", "list", "group"] satisfies FieldShape["type"][];

const formats = ["url", "regexp", "phone"] satisfies FieldShape["format"][];

/** What is wrong with a setting's declaration, or null. `path` names it. */
export function flawOfShape(path: string, shape: unknown): string | null {
  if (typeof shape !== "object" || shape === null)
    return `${path} is no setting: write it with t, e.g. t.string({ default: "" })`;
  return flawOfWords(path, shape) ?? flawOfParts(path, shape) ?? flawOfDefault(path, shape as FieldShape);
}

function flawOfWords(path: string, { label, description }: Partial<FieldShape>): string | null {
  const isText = (value: unknown): boolean => typeof value === "string";
  const isWording = (value: unknown): boolean =>
    isText(value) || (typeof value === "object" && value !== null && Object.values(value).every(isText));
  for (const [name, value] of Object.entries({ label, description }))
    if (value !== undefined && !isWording(value))
      return `${path}: ${name} takes a text, or one for each language, e.g. { en: "Greeting", id: "Salam" }`;
  return null;
}

function flawOfParts(
  path: string,
  { type, choices, items, fields, pattern, format }: Partial<FieldShape>,
): string | null {
  if (!types.includes(type as FieldShape["type"])) return `${path}: ${noSuch("type of setting", String(type), types)}`;
  if (type === "choice" && !choices?.length)
    return `${path}: t.choice takes what may be chosen, e.g. t.choice(["a", "b"])`;
  if (type === "list") return flawOfShape(`${path}[]`, items);
  if (type === "group") return flawOfShapes(path, fields);
  if (format !== undefined && !formats.includes(format)) return `${path}: ${noSuch("format", format, formats)}`;
  return pattern === undefined ? null : flawOfPattern(path, pattern);
}

export function flawOfShapes(path: string, shapes: unknown): string | null {
  if (typeof shapes !== "object" || shapes === null) return `${path} takes settings by name, e.g. { city: t.string() }`;
  for (const [name, shape] of Object.entries(shapes)) {
    if (!/^[A-Za-z]\w{0,63}$/.test(name)) return `${path}.${name}: a setting's name takes letters, digits and _`;
    const flaw = flawOfShape(`${path}.${name}`, shape);
    if (flaw) return flaw;
  }
  return null;
}

function flawOfDefault(path: string, shape: FieldShape): string | null {
  if (shape.default === undefined) return null;
  try {
    check({ ...shape, secret: false }, shape.default, `${path}: its default`, "");
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function flawOfPattern(path: string, pattern: string): string | null {
  try {
    void new RegExp(pattern, "u");
    return null;
  } catch (thrown) {
    return `${path}: pattern is no regular expression: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}
