import { Failure } from "../core/failure.ts";

/**
 * For a route's options: a body has these fields and no others. Elysia would drop the rest in silence, and a misspelled
 * filter asks for everything.
 */
export const exactly = (...fields: string[]) => ({
  transform({ body }: { body: unknown }): void {
    if (typeof body !== "object" || body === null || Array.isArray(body)) return; // the schema says what is wrong
    const field = Object.keys(body).find((key) => !fields.includes(key));
    if (field === undefined) return;
    throw new Failure("invalid", `"${field}" is not a field here: there are ${fields.join(", ")}.`, { field });
  },
});
