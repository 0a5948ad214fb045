import { type AnyElysia, Elysia } from "elysia";
import { type Face, type Tools, faceOf } from "../api/face.ts";
import { invalidRequest } from "../api/failures.ts";
import { isForm, parseForm } from "../api/form.ts";
import { Failure } from "../core/base/failure.ts";
import type { Log } from "../core/base/log.ts";
import { failureResponse } from "./gate.ts";
import { needKnown } from "../api/exact.ts";
import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type FaceRoute, openApiDocument } from "../api/openapi/document.ts";
import { openapi } from "./openapi.ts";

/** All faces as one Elysia, every error worded by the face that owns the path. */
export function http(faces: readonly Face[], tools: Tools, log: Log): AnyElysia {
  const bodies = new Map<string, TSchema>();
  const app = new Elysia({ name: "merpati" }).onError({ as: "global" }, ({ error, code, request, body, route }) => {
    const { pathname } = new URL(request.url);
    const face = faceOf(faces, pathname);
    const schema = bodies.get(`${request.method} ${route}`);
    const failure = unsayable(error, schema, body) ?? translate(code, error, request, pathname);
    return failureResponse(failure, face, log, request);
  });
  app.onParse({ as: "global" }, parseForm);
  const schemas = new Map<string, Schemas>();
  const described: FaceRoute[] = [];
  app.onTransform({ as: "global" }, ({ body, query, params, request, route }) => {
    needDecoded(params);
    const schema = schemas.get(`${request.method} ${route}`);
    if (!schema) return;
    if (typeof body === "string" && schema.body?.["type"] === "object")
      throw untyped(request, new Failure("invalid", "The body must be a JSON object.", { field: "body" }));
    needKnown(schema.query, query, "a parameter");
    if (schema.body !== undefined) needKnown(schema.body, body, "a field");
  });
  for (const face of faces) {
    const routes = face.routes(tools);
    described.push(
      ...routes.routes.map(({ method, path, hooks }) => ({ face, method, path, hooks: hooks as unknown })),
    );
    for (const route of routes.routes) {
      const { body } = schemasOf(route);
      if (body !== undefined) bodies.set(`${route.method} ${route.path}`, body);
    }
    if (!face.lenient)
      for (const route of routes.routes) schemas.set(`${route.method} ${route.path}`, schemasOf(route));
    app.use(routes);
  }
  return app.use(openapi(() => openApiDocument(described, tools.version, tools.basePath)));
}

/** What a route takes; a query without a schema takes nothing, a body without one is the gate's or the route's affair. */
interface Schemas {
  query: TSchema | undefined;
  body: TSchema | undefined;
}

const schemasOf = ({ hooks }: { hooks: unknown }): Schemas => {
  const { query, body } = hooks as Partial<Schemas>;
  return { query, body };
};

/** Elysia puts what it refuses into a sentence, and fails at JSON that says it is no text: `{ "to": { "toString": 1 } }`. */
function unsayable(error: unknown, schema: TSchema | undefined, body: unknown): Failure | null {
  if (!(error instanceof TypeError) || schema === undefined || typeof body !== "object") return null;
  const mistake = Value.Errors(schema, body).First();
  return mistake ? invalidRequest([mistake]) : null;
}

/** Elysia makes null of a part of the path that is no percent-encoded UTF-8. */
function needDecoded(params: Readonly<Record<string, unknown>> = {}): void {
  const field = Object.keys(params).find((name) => params[name] === null);
  if (field === undefined) return;
  throw new Failure("invalid", `The "${field}" in the path is not percent-encoded as UTF-8.`, { field });
}

function translate(code: string | number, error: unknown, request: Request, path: string): unknown {
  switch (code) {
    case "VALIDATION":
      return untyped(request, invalidRequest(mistakesOf(error)));
    case "PARSE":
      // Elysia wraps what a route's own parser throws.
      if (error instanceof Error && error.cause instanceof Failure) return error.cause;
      return new Failure("invalid", `The body is not ${isForm(request) ? "a whole form" : "valid JSON"}.`);
    case "INVALID_FILE_TYPE":
      return new Failure("invalid", "The file is of another type than it says.");
    case "NOT_FOUND":
      return new Failure("not_found", `There is no ${request.method} ${path}.`);
    default:
      return error;
  }
}

/** A body whose header does not say that it is JSON is not read as that: what curl -d sends unless it is told. */
function untyped(request: Request, failure: Failure): Failure {
  const type = request.headers.get("content-type") ?? "";
  const hasBody = request.headers.get("content-length") !== "0" && request.body !== null;
  if (!hasBody || isForm(request) || /\bjson\b/i.test(type)) return failure;
  const { message, field } = failure;
  const sentence = `${message} JSON is read with the header content-type: application/json.`;
  return new Failure("invalid", sentence, field === undefined ? {} : { field });
}

const mistakesOf = (error: unknown) =>
  error instanceof Error && "all" in error && Array.isArray(error.all) ? error.all : [];
