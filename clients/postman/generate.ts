/** Writes the collection that Postman, Bruno and Insomnia import, from the server's OpenAPI: `bun clients/postman/generate.ts`. */
import { join } from "node:path";
import { describedApi } from "../../test/api/described.ts";

export const collectionFile = join(import.meta.dir, "merpati.postman_collection.json");

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
}
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: Record<string, { examples?: Record<string, { value: unknown }> }> };
}

/** A call as Postman has it: variables for what differs, the first example as its body. */
function item(
  method: string,
  path: string,
  { summary, description, parameters = [], security, requestBody }: Operation,
) {
  const bare = path.slice(1).split("/");
  const query = parameters.filter((each) => each.in === "query");
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const example = Object.values(media?.examples ?? {})[0]?.value;
  return {
    name: summary,
    request: {
      method,
      ...(security?.length === 0 ? { auth: { type: "noauth" } } : {}),
      ...(description === undefined ? {} : { description }),
      header: type === undefined ? [] : [{ key: "content-type", value: type }],
      ...(example === undefined ? {} : { body: { mode: "raw", raw: JSON.stringify(example, null, 2) } }),
      url: {
        raw: `{{url}}${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
        host: ["{{url}}"],
        path: bare.map((part) => part.replace(/^\{(\w+)\}$/, ":$1")),
        variable: parameters
          .filter((each) => each.in === "path")
          .map(({ name, description: about = "" }) => ({
            key: name,
            value: name === "device" ? "default" : "",
            description: about,
          })),
        query: query.map(({ name, required, description: about = "" }) => ({
          key: name,
          value: "",
          disabled: required !== true,
          description: about,
        })),
      },
    },
  };
}

export function collection(): object {
  const { paths, tags } = describedApi() as unknown as {
    paths: Record<string, Record<string, Operation>>;
    tags: { name: string; description: string }[];
  };
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return {
    info: { name: "Merpati", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
    auth: {
      type: "apikey",
      apikey: [
        { key: "key", value: "x-api-key" },
        { key: "value", value: "{{key}}" },
      ],
    },
    variable: [
      { key: "url", value: "http://localhost:3000" },
      { key: "key", value: "" },
    ],
    item: tags.map(({ name, description }) => ({
      name,
      description,
      item: all
        .filter(({ operation }) => operation.tags[0] === name)
        .map(({ method, path, operation }) => item(method, path, operation)),
    })),
  };
}

if (import.meta.main) {
  await Bun.write(collectionFile, JSON.stringify(collection()));
  await Bun.spawn([process.execPath, "fmt", "--no-script", collectionFile]).exited;
}
