import type { TSchema } from "@sinclair/typebox";
import { Failure, type FailureCode } from "../../core/base/failure.ts";
import type { DescribedAnswer, Answers, Contents } from "../docs/answers.ts";
import { connectionFailure, devicesFailure, failure } from "../docs/failure.ts";
import type { Face } from "../face.ts";
import { plainly } from "../failures.ts";
import type { Row } from "../table/row.ts";
import type { Components, Json } from "./components.ts";
import type { Examples } from "./examples.ts";

/** What any call with a key may answer. */
const usual = {
  invalid: "A field or parameter is missing or wrong; the sentence names it",
  unauthorized: "No key or an unknown one",
  forbidden: "The key may not do this",
  not_found: "Absent, or somebody else's",
  rate_limited: "Too many requests; `Retry-After` says when again",
  internal: "A fault on our side",
  unavailable: "Not possible just now; nothing was lost",
} as const satisfies Partial<Record<FailureCode, string>>;

/** How a face words its failures. */
const failureOf = (face: Face | undefined): TSchema => {
  if (face?.name === "devices") return devicesFailure;
  return face?.name === "connection" ? connectionFailure : failure;
};

/** The failures that any operation of a face may answer, by status. */
function usualOf(face: Face | undefined, row: Row): Answers {
  const schema = failureOf(face);
  const all: Record<number, DescribedAnswer> = {};
  const add = (code: FailureCode, meaning: string): void => {
    const { status } = (face?.word ?? plainly)(new Failure(code, ""));
    all[status] ??= [meaning, schema];
  };
  for (const [code, meaning] of Object.entries(usual)) add(code as FailureCode, meaning);
  if (row.body !== "none") add("too_large", "The body is too large, or has too many parts");
  return all;
}

export const isContents = (body: TSchema | Contents): body is Contents => "byType" in body;

/** What the responses of operations are made with. */
interface Tools {
  components: Components;
  examples: Examples | undefined;
}

/** The `responses` of an operation: its own, and the failures that any may answer, which stand once among the components. */
export function responsesOf(own: Answers, face: Face | undefined, row: Row | undefined, tools: Tools): Json {
  const shared = row === undefined ? {} : usualOf(face, row);
  const all: Record<string, Json> = {};
  const plain = { ...tools, examples: undefined };
  for (const [status, answer] of Object.entries(shared))
    all[status] = tools.components.response(`${face?.name ?? "site"}${status}`, () =>
      responseOf(status, answer, plain),
    );
  for (const [status, answer] of Object.entries(own)) all[status] = responseOf(status, answer, tools);
  return all;
}

function responseOf(status: string, [description, body]: DescribedAnswer, { components, examples }: Tools): Json {
  const types = Object.entries(isContents(body) ? body.byType : { "application/json": body });
  const shown = examples?.answers[status];
  const content = types.map(([type, schema]) => [
    type,
    {
      schema: components.schema(schema),
      ...(type === "application/json" && shown !== undefined ? { examples: shown } : {}),
    },
  ]);
  return {
    description,
    headers: headersOf(Number(status)),
    ...(content.length > 0 ? { content: Object.fromEntries(content) } : {}),
  };
}

const header = (name: string): Json => ({ $ref: `#/components/headers/${name}` });

const headersOf = (status: number): Json => ({
  "X-Request-Id": header("RequestId"),
  "RateLimit-Limit": header("RateLimit"),
  "RateLimit-Remaining": header("RateLimitRemaining"),
  "RateLimit-Reset": header("RateLimitReset"),
  ...(status === 429 || status === 503 ? { "Retry-After": header("RetryAfter") } : {}),
});

/** What `headersOf` refers to. */
export const headers: Json = {
  RateLimit: {
    description: "Calls of this key that may come at once, after a pause. Absent where there is no limit.",
    schema: { type: "integer", minimum: 0 },
  },
  RateLimitRemaining: { description: "How many of them are left.", schema: { type: "integer", minimum: 0 } },
  RateLimitReset: {
    description: "Seconds until all of them are there again.",
    schema: { type: "integer", minimum: 0 },
  },
  RequestId: { description: "Names the call in the log. Send your own, and it is kept.", schema: { type: "string" } },
  RetryAfter: { description: "Seconds after which trying again makes sense.", schema: { type: "integer", minimum: 1 } },
};
