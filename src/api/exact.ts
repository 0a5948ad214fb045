import type { TObject } from "@sinclair/typebox";
import { Failure } from "../core/failure.ts";

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

function only(given: unknown, known: readonly string[], what: string): void {
  if (given === undefined || given === null) return; // the schema says whether it may be left out
  if (typeof given !== "object" || Array.isArray(given))
    throw new Failure("invalid", "The body must be a JSON object.", { field: "body" });
  const field = Object.keys(given).find((key) => !known.includes(key));
  if (field === undefined) return;
  throw new Failure("invalid", `"${field}" is not ${what} here: there are ${known.join(", ")}.`, { field });
}
