import { OptionalKind, type TObject, type TSchema } from "@sinclair/typebox";
import type { OperationDetail } from "../docs/answers.ts";
import type { Face } from "../face.ts";
import type { Row } from "../table/row.ts";
import type { Components, Json } from "./components.ts";
import { type Examples, examplesOf } from "./examples.ts";
import { operationParameters } from "./parameters.ts";
import { isContents, responsesOf } from "./responses.ts";

/** A call that the description tells of. */
export interface Described {
  readonly method: string;
  /** A template, `/v1/devices/{device}`. */
  readonly path: string;
  readonly detail: OperationDetail;
  readonly query?: TObject | undefined;
  readonly body?: TSchema | undefined;
  /** Absent of what belongs to no face. */
  readonly face?: Face;
  /** Absent of what takes no key. */
  readonly row?: Row;
}

const keys = [{ apiKey: [] }, { bearer: [] }];

/** One operation as OpenAPI has it. */
export function operationOf(described: Described, components: Components): Json {
  const { method, path, detail, face, row } = described;
  const examples = examplesOf(`${method} ${path}`);
  const { operationId, summary, tags = [] } = detail;
  const own = operationParameters(path, described.query, detail, components);
  const parameters = face?.name === "v1" ? [...own, { $ref: "#/components/parameters/Tenant" }] : own;
  const body = requestBody(described, components, examples);
  const description = descriptionOf(detail, row);
  return {
    operationId,
    summary,
    ...(description === "" ? {} : { description }),
    tags,
    security: row === undefined ? [] : keys,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(detail.answers, face, row, { components, examples }),
  };
}

const descriptionOf = ({ description }: OperationDetail, row: Row | undefined): string =>
  [description, row && `Takes a key with the scope \`${row.scope}\`${row.admin ? " of an administrator" : ""}.`]
    .filter((each) => each !== undefined)
    .join(" ");

function requestBody(
  { detail, body, face }: Described,
  components: Components,
  examples: Examples | undefined,
): Json | null {
  const given = detail.body ?? body;
  if (given === undefined) return null;
  const strict = face?.lenient !== true;
  const types = Object.entries(isContents(given) ? given.byType : { "application/json": given });
  const shown = examples?.requests;
  const content = types.map(([type, schema]) => [
    type,
    {
      schema: components.schema(schema, strict),
      ...(type === "application/json" && shown !== undefined ? { examples: shown } : {}),
    },
  ]);
  return { required: !(OptionalKind in given), content: Object.fromEntries(content) };
}
