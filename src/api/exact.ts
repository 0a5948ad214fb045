import type { TObject } from "@sinclair/typebox";
import { Failure } from "../core/base/failure.ts";

/**
 * For a route's options: a body has these fields and no others. Elysia would drop the rest in silence, and a misspelled
 * filter asks for everything.
 */
export const exactly = (...fields: string[]) => ({
  transform: ({ body }: { body: unknown }): void => only(body, fields, "a field"),
});

/** The same of a query. */
export const asking = (...names: string[]) => ({
  transform: ({ query }: { query: unknown }): void => only(query, names, "a parameter"),
});

/** The same as `exactly`, by the body's schema. */
export const takes = <Body extends TObject>(body: Body) => ({ body, ...exactly(...Object.keys(body.properties)) });

/** The same as `asking`, by the query's schema. */
export const asks = <Query extends TObject>(query: Query) => ({ query, ...asking(...Object.keys(query.properties)) });

/** The same as `takes`, of a route that changes what the body names: one that names nothing is a mistake. */
export function changes<Body extends TObject>(body: Body) {
  const fields = Object.keys(body.properties);
  return {
    body,
    transform: ({ body: wish }: { body: unknown }): void => {
      only(wish, fields, "a field");
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

function only(given: unknown, known: readonly string[], what: string, within = ""): void {
  if (given === undefined || given === null) return; // the schema says whether it may be left out
  if (typeof given !== "object" || Array.isArray(given))
    throw new Failure("invalid", "The body must be a JSON object.", { field: "body" });
  const stray = Object.keys(given).find((key) => !known.includes(key));
  if (stray === undefined) return;
  // A body in JSON that was read as a form, because its header does not say what it is: what curl -d sends.
  if (stray.startsWith("{"))
    throw new Failure("invalid", "The body was not read as JSON: send the header content-type: application/json.");
  const field = `${within}${stray}`;
  throw new Failure("invalid", `"${field}" is not ${what} here: there are ${known.join(", ")}.`, { field });
}
