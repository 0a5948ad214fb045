/** Writes `src/schema.ts`, the types of every call and event, from the server's own description: `bun clients/typescript/generate.ts`. */
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import { join } from "node:path";
import { describedApi } from "../../test/api/described.ts";

export const schemaFile = join(import.meta.dir, "src/schema.ts");

/** With a hash of the text before it was formatted: who generates it again sees whether it is the same. */
const headOf = (text: string): string =>
  `/** Written by \`bun clients/typescript/generate.ts\` from the server's OpenAPI, ${Bun.hash(text).toString(16)}. */\n`;

/** Lines that say what is not there; half of the file. */
const absences = /^\s+(?:get|put|post|delete|options|head|patch|trace|query|header|path|cookie)\?: never;\n/gm;

export async function schema(): Promise<string> {
  const nodes = await openapiTS(describedApi() as unknown as OpenAPI3);
  const text = astToString(nodes)
    .replaceAll(absences, "")
    .replaceAll(/^\s+parameters: \{\n\s+\};\n/gm, "");
  return `${headOf(text)}${text}`;
}

if (import.meta.main) {
  await Bun.write(schemaFile, await schema());
  await Bun.spawn([process.execPath, "fmt", "--no-script", schemaFile]).exited;
}
