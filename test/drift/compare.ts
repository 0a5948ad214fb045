/**
 * For maintainers: what changed between two definitions of WhatsApp's protobufs.
 *
 *     bun test/drift/compare.ts old.proto [new.proto]   prints it; the installed one when the second is left out
 *     bun test/drift/compare.ts --write                 writes the table of known fields from the installed one
 */
import { readFieldTable } from "../../src/whatsapp/codec/fields/known-fields.ts";
import { changes, installedDefinition, parseDefinition, printDefinition } from "./definition.ts";

const table = new URL("../../src/whatsapp/codec/fields/known-fields.txt", import.meta.url);

async function read(path: string) {
  const text = await Bun.file(path).text();
  return path.endsWith(".txt") ? readFieldTable(text) : parseDefinition(text);
}

async function main([first, second]: string[]): Promise<number> {
  if (first === undefined) {
    process.stderr.write("Usage: bun test/drift/compare.ts <old.proto> [new.proto] | --write\n");
    return 1;
  }
  if (first === "--write") {
    await Bun.write(table, printDefinition(installedDefinition()));
    return 0;
  }
  const found = changes(await read(first), second === undefined ? installedDefinition() : await read(second));
  process.stdout.write(found.length === 0 ? "nothing changed\n" : `${found.join("\n")}\n`);
  return 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
