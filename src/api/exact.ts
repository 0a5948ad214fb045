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

function only(given: unknown, known: readonly string[], what: string): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return; // the schema says what is wrong
  const field = Object.keys(given).find((key) => !known.includes(key));
  if (field === undefined) return;
  throw new Failure("invalid", `"${field}" is not ${what} here: there are ${known.join(", ")}.`, { field });
}
