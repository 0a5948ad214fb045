import type { TObject, TSchema } from "@sinclair/typebox";
import type { OperationDetail } from "../docs/answers.ts";
import { siteOperations } from "../docs/site.ts";
import type { Face } from "../face.ts";
import { RouteFinder } from "../table/find.ts";
import { Components, type Json } from "./components.ts";
import { webhooksOf } from "./events.ts";
import { type Described, operationOf } from "./operation.ts";
import { sharedParameters } from "./parameters.ts";
import { headers } from "./responses.ts";
import { tags } from "./tags.ts";

/** A route as Elysia holds it. */
export interface FaceRoute {
  readonly face: Face;
  readonly method: string;
  /** `/v1/devices/:id` */
  readonly path: string;
  readonly hooks: unknown;
}

/** A pattern of a table as a template: `/v1/devices/:id/` is `/v1/devices/{device}`. */
const templateOf = (pattern: string): string => {
  const named = pattern.replaceAll(/:(id|new)\b/g, ":device").replaceAll(/:(\w+)/g, "{$1}");
  return named.length > 1 ? named.replace(/\/$/, "") : named;
};

function describedOf({ face, method, path, hooks }: FaceRoute): Described {
  const { detail, query, body } = hooks as { detail: OperationDetail; query?: TObject; body?: TSchema };
  const route = new RouteFinder(face.table).find(method, path);
  if (route === null) throw new Error(`${method} ${path} is in no table`);
  return { face, row: route.row, method, path: templateOf(route.pattern), detail, query, body };
}

/**
 * The description of everything that HTTP clients may call and hear, by a server that is reached below `base`. Throws when two
 * schemas have one name.
 */
export function openApiDocument(routes: readonly FaceRoute[], version: string, base = ""): Json {
  const components = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const described of [...routes.map(describedOf), ...siteOperations]) {
    const { path, method } = described;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(described, components) };
  }
  const webhooks = webhooksOf(components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Merpati",
      version,
      summary: "A WhatsApp bot server.",
      description:
        "Send your key as `x-api-key` or as `Authorization: Bearer`. Answers are JSON unless said otherwise.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: base || "/", description: "This server." }],
    tags,
    paths,
    webhooks,
    components: {
      schemas: components.schemas(),
      responses: components.responses(),
      parameters: sharedParameters,
      headers,
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
  };
}
