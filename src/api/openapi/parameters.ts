import { type TObject, Type } from "@sinclair/typebox";
import type { OperationDetail } from "../docs/answers.ts";
import type { Components, Json } from "./components.ts";

/** What stands in a path, by name. */
const inPath: Readonly<Record<string, string>> = {
  device: "The device's id.",
  message: "The message's id.",
  bulk: "The bulk's id.",
  media: "The file's id, `media_id`.",
  group: "The group's JID, `1203…@g.us`.",
  community: "The community's JID, `1203…@g.us`.",
  channel: "The channel's JID, `1203…@newsletter`.",
  contact: "A phone number, JID or LID.",
  chat: "A phone number, JID, LID or group id.",
  call: "The call's id, as `call.received` tells it.",
  label: "The label's id.",
  event: "The event's id.",
  type: "The event's type.",
  webhook: "The webhook's id.",
  tenant: "The tenant's id.",
  key: "The key's id.",
  plugin: "The plugin's name.",
  token: "What the link was given.",
};

/** What every operation of the native API takes. */
export const sharedParameters: Json = {
  Tenant: {
    name: "X-Tenant",
    in: "header",
    description: "Of an admin key: the tenant to act in.",
    schema: { type: "string" },
  },
};

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "A word of yours for this call. The same one with the same body does nothing again and has the same answer, for 14 days.",
  schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[!-~]+$" },
};

/** The `parameters` of an operation. `path` is a template, `/v1/devices/{device}`. */
export function operationParameters(
  path: string,
  query: TObject | undefined,
  { idempotent, headers = {}, query: own = {} }: OperationDetail,
  components: Components,
): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const asked = Object.entries({ ...query?.properties, ...own });
  const required = new Set(query?.required);
  return [
    ...names.map((name) => {
      const description = inPath[name];
      if (description === undefined) throw new Error(`${path}: say in openapi/parameters.ts what {${name}} is.`);
      return { name, in: "path", required: true, description, schema: { type: "string", minLength: 1 } };
    }),
    ...asked.map(([name, given]) => inQuery(name, required.has(name), components.schema(given))),
    ...(idempotent ? [idempotencyKey] : []),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: "header",
      description,
      schema: components.schema(Type.String()),
    })),
  ];
}

function inQuery(name: string, required: boolean, { description, ...schema }: Json): Json {
  const commas = schema["type"] === "array" ? { style: "form", explode: false } : {};
  return { name, in: "query", required, ...(description === undefined ? {} : { description }), ...commas, schema };
}
