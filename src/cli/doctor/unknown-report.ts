import { existsSync, readFileSync } from "node:fs";
import { unknownNamesFile } from "../../composition/unknown-names-file.ts";
import type { UnknownName, UnknownKind } from "../../core/ports/unknowns.ts";
import { readUnknownNames } from "../../core/trace/unknown-names.ts";
import { newerFields } from "../../whatsapp/codec/fields/known-fields.ts";

const titles: Readonly<Record<UnknownKind, string>> = {
  tag: "Stanzas",
  notification: "Types of notifications",
  operation: "Operations of mex notifications",
  encryption: "Kinds of encryption",
  attribute: "Attributes",
  child: "Elements",
  field: "Fields of messages",
};

/** What WhatsApp sent that this version does not know, as far as the data folder has counted it. */
export function unknownNamesIn(sessionsDir: string): readonly UnknownName[] {
  const file = unknownNamesFile(sessionsDir);
  return readUnknownNames(existsSync(file) ? readFileSync(file, "utf8") : null);
}

/** Names and counts for people; no contents. */
export function unknownReport(found: readonly UnknownName[]): string {
  if (found.length === 0) return "Nothing unknown has come from WhatsApp so far.";
  const lines = ["What came from WhatsApp that this version does not know; it was acknowledged and left unread."];
  for (const [kind, title] of Object.entries(titles)) {
    const rows = found.filter((each) => each.kind === kind).sort((one, other) => other.count - one.count);
    if (rows.length > 0) lines.push("", title);
    for (const row of rows) lines.push(`  ${row.name}${nameOf(row)}  ${row.count}, last ${day(row.lastAt)}`);
  }
  return lines.join("\n");
}

/** The name of a field that a newer WhatsApp is known to have. */
function nameOf({ kind, name }: UnknownName): string {
  const [type = "", number] = name.split(" ");
  const known = kind === "field" ? newerFields().get(type)?.get(Number(number)) : undefined;
  return known === undefined ? "" : ` ${known.replace(/:.*/, "")}`;
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
