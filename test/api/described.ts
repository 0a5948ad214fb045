import { faces } from "../../src/api/faces/index.ts";
import type { Tools } from "../../src/api/face.ts";
import { openApiDocument } from "../../src/api/openapi/document.ts";
import type { OpenApi } from "./conformance.ts";

/** The description as the server gives it, without a server: routes take their tools only when they are called. */
export function describedApi(): OpenApi {
  const routes = faces.flatMap((face) =>
    face.routes({} as Tools).routes.map(({ method, path, hooks }) => ({ face, method, path, hooks: hooks as unknown })),
  );
  return JSON.parse(JSON.stringify(openApiDocument(routes, "0.1.0"))) as OpenApi;
}
