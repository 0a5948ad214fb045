import { setBrought } from "../api/brought.ts";
import { setForm } from "../api/form.ts";
import type { BodyClass } from "../api/table/row.ts";
import { mostInBulk } from "../core/ports/bulk.ts";
import { Failure } from "../core/base/failure.ts";
import { JsonBudget, needFewValues } from "./json-budget.ts";
import { needFewFields } from "./form-budget.ts";
import { fieldsInUtf8, foldedType, inUtf8 } from "./charset.ts";
import { routable } from "./address.ts";
import { needSmall, partsOfBody, wholeBody } from "./counted.ts";
import { formFields, mostText } from "./form-fields.ts";
import { besideFiles, JsonFiles } from "./json-files.ts";
import type { Spool } from "./spool.ts";
import { boundaryOf } from "./multipart.ts";
import { type LargeJson, type ParsedBody, withJson } from "./large-json.ts";

const megabyte = 2 ** 20;

/** A call that takes no body may have an empty one, bytes. */
const nothing = 16 * 1024;
/** JSON without a file, bytes. */
export const bodyLimit = megabyte;
/** JSON with a file in base64, bytes: a larger one comes by form or as it is, which hold nobody up. */
const jsonWithFile = 8 * megabyte;
const bulkLimit = 16 * megabyte;
/** Ten thousand rows, bytes. */
const tableLimit = 8 * megabyte;

const byForm = ": send a larger file in a form, or first to …/media";

/** How much of `[{,:` a body may have; a bulk so much for each message. */
const plain = 50_000;
const perMessage = 12;
const slack = 1_000;

export interface BodyOptions {
  /** Whether what a call does not take is left out instead of refused. */
  lenient: boolean;
  /** Hears of bytes before they are taken in; may throw. */
  taken: (bytes: number) => void;
  /** The largest body that is or holds a file, bytes. */
  fileLimit: number;
  /** Parses what takes its time. */
  largeJson: LargeJson;
  spool: Spool;
  /** Is to be called when the call is over. */
  later: (work: () => void) => void;
}

/**
 * The request with its body read, measured and found small enough to be parsed; a file that comes as it is goes on as
 * it comes, and who keeps it counts it. Throws `too_large`, `invalid`, `timeout`.
 */
export async function readBody(request: Request, expected: BodyClass, options: BodyOptions): Promise<Request> {
  const { fileLimit, lenient, taken, largeJson, spool, later } = options;
  if (request.body === null) return request;
  needPlain(request);
  const type = typeOf(request);
  if (type === "raw" && expected === "stream") return needSmall(request, fileLimit);
  if (type === "form" && expected !== "none") return spooled(request, expected, options);
  const limit = lenient && expected === "none" ? bodyLimit : limitOf(expected, type, fileLimit);
  const contentType = foldedType(request.headers.get("content-type") ?? "");
  const hint = type === "json" && (expected === "file" || expected === "stream") ? byForm : "";
  const budget = new JsonBudget(expected === "bulk" ? perMessage * mostInBulk + slack : plain);
  const seen = type === "json" && expected !== "none" ? { seen: (part: Uint8Array) => budget.take(part) } : {};
  if (type === "json" && (expected === "file" || expected === "bulk")) {
    const files = new JsonFiles({ budget, most: expected === "bulk" ? bulkLimit : besideFiles, spool, later });
    const rest = await files.without(partsOfBody(request, limit, { taken, hint }));
    return setBrought(parsed(request, await largeJson.parsed(rest, contentType), contentType), files.files);
  }
  if (type === "json" && expected === "json") {
    const parts = await Array.fromAsync(partsOfBody(request, limit, { taken, hint, ...seen }));
    return parsed(request, await largeJson.parsed(parts, contentType), contentType);
  }
  const read = await wholeBody(request, limit, { taken, hint, ...seen });
  if (type === "query" && expected !== "none") needFewFields(read);
  const bytes =
    type === "query"
      ? fieldsInUtf8(read, contentType)
      : type === "json" || (type === "raw" && expected === "table")
        ? inUtf8(read, contentType)
        : read;
  if (expected === "none") {
    if (!lenient) needNothing(bytes);
  } else if (type === "query" && (expected === "json" || expected === "bulk")) needFewValues(bytes, plain);
  return withBody(request, expected === "none" ? null : bytes, contentType);
}

/** A form whose files are on the disk. What is counted of it in flight is its text at most, however long it takes. */
async function spooled(request: Request, expected: BodyClass, options: BodyOptions): Promise<Request> {
  const { fileLimit, spool, taken, later } = options;
  const limit = limitOf(expected, "form", fileLimit);
  const contentType = foldedType(request.headers.get("content-type") ?? "");
  const boundary = boundaryOf(contentType);
  if (boundary === null) throw new Failure("invalid", "The body is not a whole form.", { field: "Content-Type" });
  needSmall(request, limit);
  // A table is read whole.
  taken(expected === "table" ? Number(request.headers.get("content-length") ?? limit) : mostText);
  const fields = await formFields(partsOfBody(request, limit), boundary, spool, later);
  return setForm(routable(withBody(request, new Uint8Array(), contentType)), fields);
}

/** The request with the JSON that was read. */
function parsed(request: Request, found: ParsedBody, contentType: string): Request {
  if ("bytes" in found) return routable(withBody(request, found.bytes, contentType));
  return withJson(routable(withBody(request, new Uint8Array(), contentType)), found.value);
}

function limitOf(expected: BodyClass, type: BodyType, fileLimit: number): number {
  switch (expected) {
    case "none":
      return nothing;
    case "json":
      return bodyLimit;
    case "bulk":
      return bulkLimit;
    case "table":
      return tableLimit;
    default:
      return type === "json" ? Math.min(jsonWithFile, fileLimit) : type === "query" ? bodyLimit : fileLimit;
  }
}

/** Nothing is unpacked here: a small body could stand for a large one. Throws `invalid`. */
function needPlain({ headers }: Request): void {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding === "" || coding === "identity") return;
  throw new Failure(
    "invalid",
    `A body in Content-Encoding: ${coding.slice(0, 40)} is not read here: send it as it is.`,
    {
      field: "Content-Encoding",
    },
  );
}

type BodyType = "json" | "form" | "query" | "raw";

function typeOf(request: Request): BodyType {
  const type = request.headers.get("content-type") ?? "";
  if (/^multipart\//i.test(type)) return "form";
  if (/^application\/x-www-form-urlencoded/i.test(type)) return "query";
  return /\bjson\b/i.test(type) ? "json" : "raw";
}

/** An empty object is what many clients send when they have nothing to say. */
function needNothing(bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes).trim();
  if (text === "" || text === "{}" || text === "null") return;
  throw new Failure("invalid", "This call takes no body: leave it out.", { field: "body" });
}

/** The same request with these bytes as its body; one with a length of its own says none. */
function withBody(request: Request, body: Uint8Array<ArrayBuffer> | null, contentType: string): Request {
  const headers = new Headers(request.headers);
  headers.delete("transfer-encoding");
  // All that is JSON by its type, `text/json` and `application/vnd.api+json` too, is read as such.
  if (contentType !== "")
    headers.set(
      "content-type",
      contentType.replace(/^(?:application|text)\/(?:[^\s;]+\+)?json\s*(?:;.*)?$/, "application/json"),
    );
  if (body === null) for (const name of ["content-length", "content-type"]) headers.delete(name);
  return new Request(request.url, { method: request.method, headers, body, signal: request.signal });
}
