import type { TObject, TSchema } from "@sinclair/typebox";
import { Failure } from "../core/base/failure.ts";
import { nearest } from "../core/base/nearest.ts";

/**
 * For the options of a route that changes what the body names: one that names nothing is a mistake. That a body has no
 * other fields is asked of every route, by `needKnown`.
 */
export function changes<Body extends TObject>(body: Body) {
  const fields = Object.keys(body.properties);
  return {
    body,
    transform: ({ body: wish }: { body: unknown }): void => {
      if (Object.keys(wish ?? {}).length > 0) return;
      const names = fields.map((field) => `"${field}"`).join(", ");
      throw new Failure("invalid", `Nothing to change: the body takes ${names}.`, { field: fields[0] ?? "body" });
    },
  };
}

/** Throws `invalid` for a field that is not among `fields`. `within`: where the object stands in the body, `messages.3.`. */
export function needFields(given: unknown, fields: readonly string[], within = ""): void {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) only(given, fields, "a field", within);
}

/**
 * Throws `invalid` for a field that the schema does not have, at any depth. Elysia would drop it in silence, and a
 * misspelled filter asks for everything, a misspelled limit for none.
 */
export function needKnown(schema: TSchema | undefined, given: unknown, what: string, within = ""): void {
  if (given === undefined || given === null) return; // the schema says whether it may be left out
  if (within === "" && schema?.["type"] === "object" && (typeof given !== "object" || Array.isArray(given)))
    throw new Failure("invalid", "The body must be a JSON object.", { field: "body" });
  if (Array.isArray(given)) {
    const items = schema?.["items"] as TSchema | undefined;
    if (items?.["type"] === "object" || items?.["type"] === "array")
      for (const [place, each] of given.entries()) needKnown(items, each, what, `${within}${place}.`);
    return;
  }
  if (typeof given !== "object") return;
  const properties = schema === undefined ? {} : propertiesOf(schema);
  if (properties === undefined) return; // a record of the caller's own names, or one that the core checks
  only(given, Object.keys(properties), what, within);
  for (const [name, each] of Object.entries(given))
    if (typeof each === "object") needKnown(properties[name], each, what, `${within}${name}.`);
}

/** Of an object, and of one that may be null; undefined of anything else, and of a choice between objects. */
function propertiesOf(schema: TSchema): Record<string, TSchema> | undefined {
  const choices = ((schema["anyOf"] as TSchema[] | undefined) ?? [schema]).filter((each) => each["type"] === "object");
  return choices.length === 1 ? (choices[0]?.["properties"] as Record<string, TSchema> | undefined) : undefined;
}

/** A name longer than this is nobody's, and is shown no further. */
const longestName = 60;

function only(given: object, known: readonly string[], what: string, within: string): void {
  const stray = Object.keys(given).find((key) => !known.includes(key));
  if (stray === undefined) return;
  // A body in JSON that was read as a form, because its header does not say what it is: what curl -d sends.
  if (stray.startsWith("{"))
    throw new Failure("invalid", "The body was not read as JSON: send the header content-type: application/json.");
  const name = stray.length > longestName ? `${stray.slice(0, longestName)}…` : stray;
  const there = known.length === 0 ? "it takes none" : `there are ${known.join(", ")}`;
  const meant = meantBy(name, known);
  const field = `${within}${name}`;
  const sentence = `"${field}" is not ${what} here: ${there}.${meant === null ? "" : ` Did you mean "${meant}"?`}`;
  throw new Failure("invalid", sentence, { field });
}

/** The known name that is nearest: misspelled, or cut, or longer than it is. */
function meantBy(name: string, known: readonly string[]): string | null {
  const lower = name.toLowerCase();
  const begins = (each: string) => each.startsWith(lower) || lower.startsWith(each);
  return nearest(name, known) ?? known.find((each) => each.length > 2 && begins(each)) ?? null;
}
