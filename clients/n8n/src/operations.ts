/** What the nodes show, from the server's OpenAPI. Called as macros: the answers stand in the bundle, and nothing of the server does. */
import { eventTypes } from "../../../src/core/model/events/events.ts";
import { describedApi } from "../../../test/api/described.ts";
import type { Choice, Field } from "./n8n.ts";

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly { const?: string }[];
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: Record<string, { examples?: Record<string, { value: unknown }> }> };
}

const titled = (name: string): string =>
  name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => ` ${letter.toUpperCase()}`).trim();

const choicesOf = ({ anyOf = [], enum: words = anyOf.flatMap((each) => each.const ?? []) }: Schema): Choice[] =>
  words.map((value) => ({ name: value, value }));

/** A parameter of the address: what the path has is required, the others stand in a collection. */
function fieldOf({ name, description, schema = {} }: Parameter): Omit<Field, "displayOptions"> {
  const base = { displayName: titled(name), name, ...(description === undefined ? {} : { description }) };
  const choices = choicesOf(schema);
  if (choices.length > 0) return { ...base, type: "options", default: "", options: choices };
  if (schema.type === "integer" || schema.type === "number") {
    const { minimum: minValue, maximum: maxValue } = schema;
    const bounds = { ...(minValue === undefined ? {} : { minValue }), ...(maxValue === undefined ? {} : { maxValue }) };
    return { ...base, type: "number", default: minValue ?? 0, typeOptions: bounds };
  }
  return { ...base, type: "string", default: "" };
}

/** Of each operation the fields that are shown with it. */
function fieldsOf(resource: string, { operationId, parameters = [], requestBody }: Operation): Field[] {
  const displayOptions = { show: { resource: [resource], operation: [operationId] } };
  const inPath = parameters.filter((each) => each.in === "path");
  const query = parameters.filter((each) => each.in === "query");
  const example = Object.values(requestBody?.content["application/json"]?.examples ?? {})[0]?.value;
  const filters = query.map((each): Field => {
    const field = fieldOf(each);
    return { ...field, routing: { send: { type: "query", property: each.name } } };
  });
  return [
    ...inPath.map((each): Field => ({
      ...fieldOf(each),
      default: each.name === "device" ? "default" : "",
      required: true,
      displayOptions,
    })),
    ...(filters.length > 0
      ? [
          {
            displayName: "Filters",
            name: "filters",
            type: "collection",
            default: {},
            options: filters,
            displayOptions,
          } as const,
        ]
      : []),
    ...(requestBody === undefined
      ? []
      : [
          {
            displayName: "Body",
            name: "body",
            type: "json",
            default: JSON.stringify(example ?? {}, null, 2),
            description: "As the API takes it; /docs on your bot describes each field",
            routing: { request: {}, send: { type: "body", value: "={{ JSON.parse($value) }}" } },
            displayOptions,
          } as const,
        ]),
  ];
}

/** The properties of the node: a resource for each tag, its operations, and their fields. */
export function operations(): Field[] {
  const all = Object.entries(describedApi()["paths"] as unknown as Record<string, Record<string, Operation>>)
    .filter(([path]) => path.startsWith("/v1/") && !path.startsWith("/v1/admin/"))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    // n8n's own nodes bring files; an operation that takes nothing else has no form here.
    .filter(({ operation: { requestBody } }) => !requestBody || "application/json" in requestBody.content);
  const byTag = Map.groupBy(all, ({ operation }) => operation.tags[0] ?? "other");
  const resources = [...byTag.keys()];
  const choices = [...byTag].map(([resource, list]): Field => ({
    displayName: "Operation",
    name: "operation",
    type: "options",
    noDataExpression: true,
    default: list[0]?.operation.operationId ?? "",
    displayOptions: { show: { resource: [resource] } },
    options: list.map(({ path, method, operation }) => ({
      name: operation.summary,
      value: operation.operationId,
      action: operation.summary,
      routing: {
        request: {
          method: method.toUpperCase(),
          url: `=${path.replaceAll(/\{(\w+)\}/g, '{{encodeURIComponent($parameter["$1"])}}')}`,
        },
      },
    })),
  }));
  return [
    {
      displayName: "Resource",
      name: "resource",
      type: "options",
      noDataExpression: true,
      default: resources.includes("messages") ? "messages" : (resources[0] ?? ""),
      options: resources.map((value) => ({ name: titled(value), value })),
    },
    ...choices,
    ...[...byTag].flatMap(([resource, list]) => list.flatMap(({ operation }) => fieldsOf(resource, operation))),
  ];
}

/** Each event, and all of them. */
export const eventChoices = (): Choice[] =>
  ["*", ...eventTypes].map((type) => ({ name: type === "*" ? "Everything" : type, value: type }));
