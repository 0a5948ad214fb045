import type { components } from "../../../clients/typescript/src/schema.ts";

/** What the API answers, by the names that OpenAPI has for it. The bundler leaves types out. */
export type Schemas = components["schemas"];
