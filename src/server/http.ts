import { type AnyElysia, Elysia } from "elysia";
import { type Face, type Tools, faceOf } from "../api/face.ts";
import { invalidRequest } from "../api/failures.ts";
import { Failure } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { failed } from "./gate.ts";
import { needShallow } from "./nesting.ts";
import { openapi } from "./openapi.ts";

/** All faces as one Elysia, every error worded by the face that owns the path. */
export function http(faces: readonly Face[], tools: Tools, log: Log): AnyElysia {
  const app = new Elysia({ name: "merpati" }).use(openapi()).onError({ as: "global" }, ({ error, code, request }) => {
    const { pathname } = new URL(request.url);
    const face = faceOf(faces, pathname);
    return failed(translate(code, error, request.method, pathname), face, log, request);
  });
  app.onTransform({ as: "global" }, ({ body, params }) => {
    needDecoded(params);
    needShallow(body);
  });
  for (const face of faces) app.use(face.routes(tools));
  return app;
}

/** Elysia makes null of a part of the path that is no percent-encoded UTF-8. */
function needDecoded(params: Readonly<Record<string, unknown>> = {}): void {
  const field = Object.keys(params).find((name) => params[name] === null);
  if (field === undefined) return;
  throw new Failure("invalid", `The "${field}" in the path is not percent-encoded as UTF-8.`, { field });
}

function translate(code: string | number, error: unknown, method: string, path: string): unknown {
  switch (code) {
    case "VALIDATION":
      return invalidRequest(mistakesOf(error));
    case "PARSE":
      return new Failure("invalid", "The body is not valid JSON.");
    case "INVALID_FILE_TYPE":
      return new Failure("invalid", "The file is of another type than it says.");
    case "NOT_FOUND":
      return new Failure("not_found", `There is no ${method} ${path}.`);
    default:
      return error;
  }
}

const mistakesOf = (error: unknown) =>
  error instanceof Error && "all" in error && Array.isArray(error.all) ? error.all : [];
