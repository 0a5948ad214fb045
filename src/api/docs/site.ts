import { Type } from "@sinclair/typebox";
import { nullable } from "../../core/model/content/parts.ts";
import { scopes } from "../../core/model/scopes.ts";
import { anything } from "./v1-media.ts";
import { file, type OperationDetail, found, toldDone } from "./answers.ts";
import { failed } from "./failure.ts";
import { list, oneOf } from "./parts.ts";

/** What belongs to no face: it is served beside them. */
interface SiteOperation {
  readonly method: string;
  readonly path: string;
  readonly detail: OperationDetail;
}

const trouble = Type.String({ description: "`ok`, or what is wrong." });
const readiness = Type.Object(
  {
    status: oneOf(["ok", "degraded"]),
    live: Type.Boolean(),
    ready: Type.Boolean(),
    store: trouble,
    devices: trouble,
    log: trouble,
    log_lines_lost: Type.Integer({ minimum: 0 }),
  },
  { title: "Readiness" },
);
const alive = Type.Object({ status: Type.Literal("ok") });
const session = Type.Object(
  {
    admin: Type.Boolean(),
    tenant: Type.String(),
    scopes: Type.Array(oneOf(scopes)),
    devices: nullable(list(Type.String(), { description: "Ids of devices; null is every device." })),
    auth: oneOf(["on", "off"]),
    version: Type.String(),
  },
  { title: "Session" },
);

const at = (method: string, path: string, detail: OperationDetail): SiteOperation => ({ method, path, detail });
const tags = ["site"];

export const siteOperations: readonly SiteOperation[] = [
  at("GET", "/health", {
    operationId: "health",
    summary: "Tell whether the process answers, and what is wrong",
    tags,
    answers: { 200: ["It answers", readiness] },
  }),
  at("GET", "/health/live", {
    operationId: "healthLive",
    summary: "Tell whether the process answers",
    tags,
    answers: { 200: ["It answers", alive] },
  }),
  at("GET", "/health/ready", {
    operationId: "healthReady",
    summary: "Tell whether it can do its work",
    tags,
    answers: { 200: ["It can", readiness], 503: ["It cannot; the fields say why", readiness] },
  }),
  at("GET", "/metrics", {
    operationId: "getMetrics",
    summary: "Get the metrics of this process, as Prometheus reads them",
    description:
      "Needs no key from the machine itself, else METRICS_KEY or an admin key. Names and meanings stand in the answer (`# HELP`).",
    tags,
    query: { devices: Type.Literal("1", { description: "`1` adds a series for each device." }) },
    answers: {
      200: ["Prometheus' text format, 0.0.4", file("text/plain")],
      401: failed("No key, or an unknown one, from another machine"),
      403: failed("The key is no admin key"),
    },
  }),
  at("GET", "/media/{token}", {
    operationId: "getLinkedMedia",
    summary: "Get a file by a link that was made for it",
    tags,
    answers: {
      200: ["The bytes, with their type", anything],
      206: ["The part that Range asks for", anything],
      304: ["The caller has it already, as If-None-Match says", file()],
      401: failed("No link of ours, or its key is no longer valid"),
      404: failed("The file is gone"),
      410: failed("It has expired, or the file was not fetched in time"),
      416: failed("The file has no such part"),
      503: failed("WhatsApp's file servers do not answer"),
    },
  }),
  at("GET", "/session", {
    operationId: "getSession",
    summary: "Tell who is signed in with this browser",
    tags,
    answers: {
      200: ["Who; null is nobody", found(nullable(session))],
      401: failed("An unknown key"),
    },
  }),
  at("POST", "/session", {
    operationId: "signIn",
    summary: "Sign in with a key; a cookie keeps it",
    tags,
    body: {
      byType: { "application/json": Type.Object({ key: Type.String({ minLength: 1, description: "Your API key." }) }) },
    },
    answers: {
      200: ["Signed in", found(session)],
      400: failed("There is no key in the body"),
      401: failed("An unknown key"),
      403: failed("A page of another origin may not sign anybody in"),
      429: failed("Too many attempts; `Retry-After` says when again"),
    },
  }),
  at("DELETE", "/session", {
    operationId: "signOut",
    summary: "Sign out",
    tags,
    query: { everywhere: Type.Boolean({ description: "Whether every browser with the same key is signed out." }) },
    answers: {
      200: ["Signed out", toldDone],
      400: failed("A parameter is wrong"),
      401: failed("Nobody is signed in"),
      403: failed("A page of another origin may not sign anybody out"),
    },
  }),
  at("GET", "/docs/json", {
    operationId: "getOpenApi",
    summary: "Get this description",
    tags,
    answers: { 200: ["OpenAPI 3.1", Type.Record(Type.String(), Type.Unknown(), { title: "OpenApiDocument" })] },
  }),
];
