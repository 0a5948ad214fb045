import type { TSchema } from "@sinclair/typebox";

/** A schema as TypeScript, for files that must read without us. */
export function typeScriptOf(schema: TSchema): string {
  if ("const" in schema) return JSON.stringify(schema["const"]);
  const either = (schema["anyOf"] ?? schema["oneOf"]) as TSchema[] | undefined;
  if (either) return [...new Set(either.map(typeScriptOf))].join(" | ");
  const all = schema["allOf"] as TSchema[] | undefined;
  if (all) return all.map(typeScriptOf).join(" & ");
  switch (schema["type"]) {
    case "string":
    case "boolean":
    case "null":
      return schema["type"];
    case "integer":
    case "number":
      return "number";
    case "array":
      return `(${typeScriptOf(schema["items"] as TSchema)})[]`;
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function objectType(schema: TSchema): string {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, TSchema>);
  const required = new Set((schema["required"] ?? []) as string[]);
  if (properties.length === 0) return "Record<string, unknown>";
  const lines = properties.map(([name, each]) => {
    const about =
      typeof each["description"] === "string" ? `/** ${each["description"].replaceAll("*/", "*\\/")} */ ` : "";
    return `${about}${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${typeScriptOf(each)};`;
  });
  return `{ ${lines.join("\n")} }`;
}
